import type { PlannedPart } from '@lyceum/platform/backup/part'
import type { PartPlan } from '@lyceum/platform/backup/part-plan'
import { table } from '../../terminal.ts'

/** What bringing a part back would do, for somebody who has to say yes. */
export function planInWords({
  called,
  asOf,
  plan,
  missing,
  people
}: {
  readonly called: string
  readonly asOf: Date
  readonly plan: PlannedPart
  readonly missing: number
  readonly people: readonly string[]
}): string {
  return [
    `${called[0]?.toUpperCase()}${called.slice(1)}${plan.gone ? ', which is gone,' : ''} as of ${asOf.toISOString()}:`,
    tableOf(plan),
    ...(missing > 0 ? [`${missing} files are brought back.`] : []),
    ...plan.tables.flatMap(({ table: name, removed, remove, binned }) =>
      removed.length === 0
        ? []
        : [
            `${binned ? 'Into the bin goes' : 'Goes away'} from ${name}: ${removed.join('; ')}${remove > removed.length ? `; and ${remove - removed.length} more` : ''}`
          ]
    ),
    ...people,
    ...plan.clashes.map((clash) => `Cannot be done as long as ${clash}`)
  ].join('\n')
}

export function tableOf({ tables }: PartPlan): string {
  const told = tables.filter(({ add, change, remove, keep }) => add + change + remove + keep > 0)
  return table([
    ['  TABLE', 'COMES BACK', 'GOES BACK', 'GOES AWAY', 'STAYS'],
    ...told.map(({ table: name, add, change, remove, keep }) => [
      `  ${name}`,
      String(add),
      String(change),
      String(remove),
      String(keep)
    ])
  ])
}
