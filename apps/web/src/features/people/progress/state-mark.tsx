import type { ProgressState } from '@lyceum/course/contract'
import classes from './matrix.module.css'

/** The three shapes, drawn once; each cell only points at one, which keeps thousands of cells light. */
export const StateMarks = () => (
  <svg width="0" height="0" className={classes.store} aria-hidden="true">
    <symbol id="state-not-started" viewBox="0 0 20 20">
      <circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
    </symbol>
    <symbol id="state-in-progress" viewBox="0 0 20 20">
      <circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" strokeWidth="2" />
      <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
    </symbol>
    <symbol id="state-completed" viewBox="0 0 20 20">
      <circle cx="10" cy="10" r="8" fill="currentColor" />
      <path d="m6.3 10.3 2.6 2.5 4.9-5.3" fill="none" stroke="var(--ly-surface)" strokeWidth="2" />
    </symbol>
  </svg>
)

export const StateMark = ({ state }: { readonly state: ProgressState }) => (
  <svg width="20" height="20" className={classes.mark} data-state={state} aria-hidden="true">
    <use href={`#state-${state}`} />
  </svg>
)
