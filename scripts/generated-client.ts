import { fileURLToPath } from 'node:url'
import { courseContract } from '@lyceum/course/contract'
import { fileContract } from '@lyceum/file/contract'
import { notificationContract } from '@lyceum/notification/contract'
import type { Contract } from '@lyceum/platform/contract'
import { systemContract } from '@lyceum/platform/system/contract'
import { userContract } from '@lyceum/user/contract'

/**
 * What the typed client is made of: a table of names, verbs and paths without any schema (it goes to browsers),
 * and the types that belong to it. `npm test` fails when the committed files differ.
 */
const contracts: Contract[] = [userContract, courseContract, fileContract, notificationContract, systemContract]

const rows = (contract: Contract): string =>
  Object.entries(contract.operations)
    .filter(([, { access }]) => access !== 'internal')
    .map(([name, { method, path }]) => `    ${name}: ['${method}', '${path}']`)
    .join(',\n')

const manifest = `// Written by \`npm run generate\` from the contracts; do not edit.
export const manifest = {
${contracts.map((contract) => `  ${contract.module}: {\n${rows(contract)}\n  }`).join(',\n')}
} as const
`

const source = (module: string) =>
  module === 'system' ? '@lyceum/platform/system/contract' : `@lyceum/${module}/contract`

const types = `// Written by \`npm run generate\` from the contracts; do not edit.
${contracts.map(({ module }) => `import type { ${module}Contract } from '${source(module)}'`).join('\n')}

export interface Contracts {
${contracts.map(({ module }) => `  readonly ${module}: typeof ${module}Contract`).join('\n')}
}
`

const path = (file: string) => fileURLToPath(new URL(`../client/src/generated/${file}`, import.meta.url))

export const generatedFiles = () => [
  { path: path('manifest.ts'), text: manifest },
  { path: path('types.ts'), text: types }
]
