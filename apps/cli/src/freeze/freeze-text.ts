import type { CalendarImport } from '@lyceum/course/contract'
import type { Measured } from '@lyceum/user/activity'
import { styled, table } from '../terminal.ts'
import { freezeWords, momentWords } from './freeze-words.ts'
import type { SchoolFreeze } from './read-freezes.ts'

interface State {
  readonly open: boolean
  readonly because: readonly SchoolFreeze[]
  readonly until: string | null
  readonly next: SchoolFreeze | null
}

export function stateText({ open, because, until, next }: State, now: Date): string {
  if (!open)
    return [
      styled('red', `Releases are held until ${momentWords(until, because[0]?.timeZone ?? 'UTC')}.`),
      ...because.map((freeze) => `  ${freezeWords(freeze, now)}`)
    ].join('\n')
  const ahead = next
    ? ` They are held next from ${momentWords(next.from, next.timeZone)}.\n  ${freezeWords(next, now)}`
    : ''
  return `${styled('green', 'Releases are open.')}${ahead}`
}

export function crossedText(crossed: readonly SchoolFreeze[], now: Date): string {
  const [first] = crossed
  return [
    styled(
      'red',
      `A release would run into a freeze from ${momentWords(first?.from ?? null, first?.timeZone ?? 'UTC')}.`
    ),
    ...crossed.map((freeze) => `  ${freezeWords(freeze, now)}`)
  ].join('\n')
}

export function freezeTable(freezes: readonly SchoolFreeze[]): string {
  if (freezes.length === 0) return 'No school holds releases from now on.'
  const minute = (instant: string | null) => (instant === null ? '–' : `${instant.slice(0, 16)}Z`)
  return table([
    ['SCHOOL', 'HELD FROM', 'UNTIL', 'BECAUSE', 'ENTRY', 'TITLE'],
    ...freezes.map(({ school, from, until, because, entryId, title }) => [
      school.slug,
      minute(from),
      minute(until),
      because,
      entryId ?? '–',
      title ?? '–'
    ])
  ])
}

export function quietText({ days, windows }: Measured): string {
  if (windows.length === 0)
    return days < 7
      ? `Quiet hours are measured for ${days} of the 7 days that are needed to name them.`
      : 'Quiet hours are known, but releases are held in all of them for the next eight weeks.'
  return [
    'Quiet hours, measured over the last four weeks:',
    table([
      ['FROM', 'UNTIL', 'PEOPLE AN HOUR'],
      ...windows.map(({ from, until, people }) => [
        `${from.slice(0, 16)}Z`,
        `${until.slice(0, 16)}Z`,
        people.toFixed(1)
      ])
    ])
  ].join('\n')
}

export function importText({ counts, rows }: CalendarImport, dryRun: boolean): string {
  const said = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ')
  return [
    ...(rows.length === 0
      ? []
      : [table(rows.map((row) => [row.outcome, row.kind ?? '–', row.startsOn ?? '–', row.endsOn ?? '–', row.title]))]),
    dryRun ? `Would do: ${said || 'nothing'}.` : `Done: ${said || 'nothing'}.`
  ].join('\n')
}
