import { problemOf } from '../../../../ui/problem.ts'

/** The page as somebody else has saved it meanwhile. */
export interface TheirPage {
  readonly version: number
  readonly html: string
  readonly savedAt: string
  readonly savedBy: string | null
}

/** Their version, out of the refusal of a save; `undefined` when it was refused for another reason. */
export function stalePageOf(error: unknown): TheirPage | undefined {
  const problem = problemOf(error)
  if (problem?.status !== 412 || !('facts' in problem)) return undefined
  const { facts } = problem
  if (typeof facts !== 'object' || facts === null) return undefined
  if (!('version' in facts && 'html' in facts && 'savedAt' in facts && 'savedBy' in facts)) return undefined
  const { version, html, savedAt, savedBy } = facts
  if (typeof version !== 'number' || typeof html !== 'string' || typeof savedAt !== 'string') return undefined
  return { version, html, savedAt, savedBy: typeof savedBy === 'string' ? savedBy : null }
}
