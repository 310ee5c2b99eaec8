import { type Check, fault, ok } from './check.ts'
import { lookInDatabase } from './database.ts'

/** Whether an entry of the audit log was changed, removed or moved, by itself and by the checkpoints kept outside of the database. */
export const auditChain: Check = {
  what: 'audit log',
  check: (place) =>
    lookInDatabase(place, async (client) => {
      const [{ readAudit }, { verifyChain }, { readCheckpoints }, { auditKey, checkpointFile }] = await Promise.all([
        import('@lyceum/platform/audit-log'),
        import('@lyceum/platform/audit-chain'),
        import('@lyceum/platform/audit-checkpoint'),
        import('@lyceum/server/audit-keeping')
      ])
      const rows = await readAudit(client)
      const kept = readCheckpoints(checkpointFile(place.config), [auditKey(place.config).publicKey])
      const anchors = new Map(kept.good.map(({ entries, hash }) => [entries, hash]))
      const faults = [...verifyChain(rows, anchors).map(({ message }) => message), ...kept.faults]
      return faults.length === 0
        ? ok(`${rows.length} entries, none changed, missing or moved`)
        : fault(
            faults.slice(0, 3).join('; '),
            'Unless a restore to an earlier time explains it: docs/operators/runbooks/break-in.md'
          )
    })
}
