import { writeFileSync } from 'node:fs'
import { generatedFiles } from './generated-client.ts'
import { generatedReference } from './generated-reference.ts'

for (const { path, text } of [...generatedFiles(), ...generatedReference()]) writeFileSync(path, text)
