import type { Status, StatusHistory, StatusMoment, StatusPart } from './contract.ts'

export const SLOT_MS = 30 * 60_000
export const SLOTS = 48

/** How often a part was looked at in one half hour, and how often it was found so. */
export interface Looks {
  /** The beginning of the half hour, an instant. */
  readonly slot: string
  readonly part: string
  readonly looks: number
  readonly degraded: number
  readonly away: number
}

/** What a part did not do, rather than doing it late or with little room left. */
const AWAY: readonly StatusPart['finding'][] = [
  'database.away',
  'storage.fails',
  'redis.away',
  'rabbitmq.away',
  'certificate.over',
  'other.fails'
]
/** What happens on purpose is no health. */
const ON_PURPOSE = ['release', 'freeze']

/** The half hours that a look at everything adds to. What is not known, or not in use, was not looked at. */
export const looksOf = ({ at, parts }: Status): Looks[] =>
  parts.flatMap(({ name, state, finding }) => {
    if (state === 'unknown' || state === 'unused' || ON_PURPOSE.includes(name)) return []
    const isAway = AWAY.includes(finding)
    const away = isAway ? 1 : 0
    return [{ slot: slotOf(new Date(at)), part: name, looks: 1, degraded: state !== 'well' && !isAway ? 1 : 0, away }]
  })

/** Adds up looks at the same part in the same half hour. */
export function addLooks(all: readonly Looks[]): Looks[] {
  const sums = new Map<string, Looks>()
  for (const one of all) {
    const key = `${one.slot} ${one.part}`
    const { looks, degraded, away } = sums.get(key) ?? { looks: 0, degraded: 0, away: 0 }
    sums.set(key, { ...one, looks: looks + one.looks, degraded: degraded + one.degraded, away: away + one.away })
  }
  return [...sums.values()]
}

/** When the first of the half hours began that are told of: the last one is under way. */
export const historyFrom = (now: Date): Date => new Date(Date.parse(slotOf(now)) - (SLOTS - 1) * SLOT_MS)

/** The last 24 hours of every part that was looked at in them, by half hours; each is as bad as the worst look in it. */
export function historyOf(looks: readonly Looks[], now: Date): StatusHistory {
  const from = historyFrom(now)
  const slots = Array.from({ length: SLOTS }, (_, place) => new Date(from.getTime() + place * SLOT_MS).toISOString())
  const found = new Map(looks.map((one) => [`${one.slot} ${one.part}`, one]))
  const names = [...new Set(looks.filter(({ slot }) => slots.includes(slot)).map(({ part }) => part))]
  return {
    from: from.toISOString(),
    slotMinutes: SLOT_MS / 60_000,
    parts: names.map((name) => ({ name, slots: slots.map((slot) => momentOf(found.get(`${slot} ${name}`))) }))
  }
}

function momentOf(looks: Looks | undefined): StatusMoment {
  if (!looks) return 'unknown'
  if (looks.away > 0) return 'away'
  return looks.degraded > 0 ? 'degraded' : 'healthy'
}

const slotOf = (instant: Date): string => new Date(instant.getTime() - (instant.getTime() % SLOT_MS)).toISOString()
