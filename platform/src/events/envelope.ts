import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { EventType } from '../contract/contract.ts'

/** An event on its way through a broker, where processes of several releases may take it. Only grows. */
const Envelope = Type.Object({
  id: Type.String({ format: 'uuid' }),
  /** `course.learner-enrolled` */
  type: Type.String(),
  /** Of the payload: see `EventType`. */
  v: Type.Integer({ minimum: 1 }),
  minRelease: Type.Union([Type.String(), Type.Null()]),
  tenantId: Type.String({ format: 'uuid' }),
  occurredAt: Type.String(),
  payload: Type.Unknown()
})
export type Envelope = Static<typeof Envelope>

const schema = Compile(Envelope)

/** Undefined for what was not sent by us. */
export const readEnvelope = (body: unknown): Envelope | undefined => (schema.Check(body) ? body : undefined)

/**
 * What a process of this release does with an event: reacts to it, leaves it to a newer process, or gives up on one that
 * is two versions old.
 * @param event as this release knows it; undefined where it does not hear it (yet, or any more)
 */
export function judge(
  { v, minRelease }: Pick<Envelope, 'v' | 'minRelease'>,
  event: EventType | undefined,
  release: string
): 'react' | 'leave' | 'too-old' {
  if (event === undefined || isBefore(release, minRelease)) return 'leave'
  const known = event.v ?? 1
  if (v > known) return 'leave'
  return v >= known - 1 ? 'react' : 'too-old'
}

/** Release names count up, such as 2026.11.2; `dev` is always the newest. */
const isBefore = (release: string, first: string | null): boolean =>
  first !== null && release !== 'dev' && release.localeCompare(first, 'en', { numeric: true }) < 0
