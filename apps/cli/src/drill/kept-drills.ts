import type pg from 'pg'
import { type DrillKind, type DrillReport, drillKinds } from './drill.ts'

/** A drill as the audit log has it. */
export interface KeptDrill {
  readonly kind: DrillKind
  readonly at: string
  readonly by: string
  readonly verdict: 'passed' | 'failed'
  readonly why: string | null
  readonly rpoSeconds: number | null
  readonly rtoSeconds: number | null
  readonly set: string | null
}

export const actionOf = ({ verdict }: Pick<DrillReport, 'verdict'>): string => `drill.${verdict}`

/** What the audit log keeps of a drill: not which kind, nor how it ended, which are its subject and its action. */
export function detailsOf(report: DrillReport): Readonly<Record<string, unknown>> {
  const { set, why, rpoSeconds, rtoSeconds, withinAims, tablesCompared, rowsHit, startedAt } = report
  return { set, why, rpoSeconds, rtoSeconds, withinAims, tablesCompared, rowsHit, startedAt }
}

/** The last drill of each kind that there was one of. @param client of the owner */
export async function readLastDrills(client: Pick<pg.ClientBase, 'query'>): Promise<KeptDrill[]> {
  const { rows } = await client.query<KeptDrill>(
    `select distinct on (subject) subject as kind, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, actor as by,
       substr(action, 7) as verdict, details ->> 'why' as why, details ->> 'set' as set,
       (details ->> 'rpoSeconds')::float8 as "rpoSeconds", (details ->> 'rtoSeconds')::float8 as "rtoSeconds"
     from platform.audit where action in ('drill.passed', 'drill.failed') order by subject, seq desc`
  )
  return rows.toSorted((one, other) => drillKinds.indexOf(one.kind) - drillKinds.indexOf(other.kind))
}
