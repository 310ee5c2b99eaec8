import type { ProgressState } from '@lyceum/course/contract'

export const progressStates = ['not-started', 'in-progress', 'completed'] as const satisfies readonly ProgressState[]

/** The letter that a report writes for an item, as the state it stands for. */
export const stateOfLetter = (letter: string | undefined): ProgressState =>
  letter === 'c' ? 'completed' : letter === 'p' ? 'in-progress' : 'not-started'
