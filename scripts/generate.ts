import { writeFileSync } from 'node:fs'
import { generatedFiles } from './generated-client.ts'
import { generatedReference } from './generated-reference.ts'
import { generatedTables } from './generated-tables.ts'

for (const { path, text } of [...generatedFiles(), ...generatedReference(), ...generatedTables()])
  writeFileSync(path, text)
