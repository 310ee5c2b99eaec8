import type pg from 'pg'
import type { Config } from '../../config/config.ts'
import { newId } from '../../id.ts'
import { asText } from '../engine/exact-record.ts'

/** `differs`: it came back as something else than was backed up; `failed`: it did not come back, or nobody could use it. */
export type Verdict = 'proven' | 'differs' | 'failed'

/** What came of restoring a set for trial. */
export interface Verification {
  readonly setId: string
  /** The state that the set holds. */
  readonly setAt: string
  readonly startedAt: string
  readonly finishedAt: string
  readonly verdict: Verdict
  /** What a loss now would have cost, from the last sign of life in what was restored; null where it did not come so far. */
  readonly rpoSeconds: number | null
  /** From the first byte until somebody was signed in; null where nobody was. */
  readonly rtoSeconds: number | null
  /** Compared with what was written down when the set was made. */
  readonly rowsCompared: number
  readonly filesCompared: number
  readonly differences: readonly string[]
  /** Why it is not proven; null where it is. */
  readonly why: string | null
  /** Objects that were damaged somewhere and are whole again. */
  readonly mended: readonly string[]
  /** What is wrong without keeping the school from coming back. */
  readonly faults: readonly string[]
}

/** A verification as it is remembered. */
export interface Proof {
  readonly setId: string
  readonly setAt: string
  readonly finishedAt: string
  readonly verdict: Verdict
  readonly rpoSeconds: number | null
  readonly rtoSeconds: number | null
  readonly why: string | null
}

export interface LastProofs {
  /** Of the last set that was proven. */
  readonly proven: Proof | null
  /** The last verification, however it ended. */
  readonly last: Proof | null
}

/** Runs a statement; of whichever library. */
export type Query = <Row extends object>(text: string, values?: unknown[]) => Promise<readonly Row[]>

export const queryOf =
  (client: pg.Client): Query =>
  async (text, values = []) => {
    const { rows } = await client.query(text, values)
    return rows
  }

const KEPT = '400 days'
const LONGEST_WHY = 2_000

/** Remembers a verification. As the owner of the database, or as whoever may see what is above schools. */
export async function keepProof(query: Query, verification: Verification): Promise<void> {
  const { setId, setAt, startedAt, finishedAt, verdict, rpoSeconds, rtoSeconds, rowsCompared, filesCompared } =
    verification
  await query(
    `insert into platform.backup_proof (id, set_id, set_at, started_at, finished_at, verdict, rpo_seconds, rto_seconds,
       rows_compared, files_compared, differences, why)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      newId(),
      setId,
      setAt,
      startedAt,
      finishedAt,
      verdict,
      rpoSeconds,
      rtoSeconds,
      rowsCompared,
      filesCompared,
      verification.differences.length,
      verification.why?.slice(0, LONGEST_WHY) ?? null
    ]
  )
  await query('delete from platform.backup_proof where finished_at < $1::timestamptz - $2::interval', [
    finishedAt,
    KEPT
  ])
}

const COLUMNS = `set_id as "setId", ${asText('set_at')} as "setAt", ${asText('finished_at')} as "finishedAt", verdict,
  rpo_seconds as "rpoSeconds", rto_seconds as "rtoSeconds", why`

/** The last two that matter. */
export async function readLastProofs(query: Query): Promise<LastProofs> {
  const [last] = await query<Proof>(`select ${COLUMNS} from platform.backup_proof order by finished_at desc limit 1`)
  if (last === undefined || last.verdict === 'proven') return { proven: last ?? null, last: last ?? null }
  const [proven] = await query<Proof>(
    `select ${COLUMNS} from platform.backup_proof where verdict = 'proven' order by finished_at desc limit 1`
  )
  return { proven: proven ?? null, last }
}

/** Whether Lyceum makes backups here. */
export const makesBackups = ({ BACKUP_REPOSITORY }: Pick<Config, 'BACKUP_REPOSITORY'>): boolean =>
  BACKUP_REPOSITORY !== null
