import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { generatedFiles } from './generated-client.ts'
import { generatedDeployment } from './generated-deployment.ts'
import { generatedReference } from './generated-reference.ts'
import { generatedTables } from './generated-tables.ts'

for (const { path, text } of [
  ...generatedFiles(),
  ...generatedReference(),
  ...generatedTables(),
  ...generatedDeployment()
]) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, text.startsWith('#!') ? { mode: 0o755 } : {})
}
