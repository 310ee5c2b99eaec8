import { type Check, fault, ok } from './check.ts'

export const nodeVersion: Check = {
  what: 'Node.js',
  check: async () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
    return major > 22 || (major === 22 && minor >= 18)
      ? ok(process.version)
      : fault(
          process.version,
          'Lyceum needs 22.18 or newer: run “npm ci” without --omit=optional, or install a newer Node.js.'
        )
  }
}
