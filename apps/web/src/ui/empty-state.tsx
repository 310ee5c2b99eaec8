import type { ReactNode } from 'react'
import classes from './state.module.css'

interface Props {
  /** One sentence that teaches what will be here. */
  readonly children: ReactNode
  /** One button. */
  readonly action?: ReactNode
  /** A drawing; the arch of the school is shown unless given. */
  readonly art?: ReactNode
}

/** A place with nothing in it yet. */
export function EmptyState({ children, action, art = <Arch /> }: Props) {
  return (
    <div className={classes.state}>
      <div className={classes.art} aria-hidden="true">
        {art}
      </div>
      <p className={classes.sentence}>{children}</p>
      {action}
    </div>
  )
}

const Arch = () => (
  <svg
    viewBox="0 0 96 72"
    width="96"
    height="72"
    fill="none"
    stroke="currentColor"
    strokeWidth="2"
    strokeLinecap="round"
  >
    <title>Lyceum</title>
    <path d="M4 68h88M14 68V38a34 34 0 0 1 68 0v30M28 68V40a20 20 0 0 1 40 0v28" />
    <path d="M48 68V44" strokeDasharray="1 6" />
  </svg>
)
