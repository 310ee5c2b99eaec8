import { writeFileSync } from 'node:fs'
import { generatedFiles } from './generated-client.ts'
import { generatedTables } from './generated-tables.ts'

for (const { path, text } of [...generatedFiles(), ...generatedTables()]) writeFileSync(path, text)
