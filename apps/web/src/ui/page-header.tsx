import type { ReactNode } from 'react'
import classes from './page-header.module.css'

interface Props {
  readonly title: ReactNode
  /** A line above the title: what kind of thing this is, a code, a back link. */
  readonly eyebrow?: ReactNode
  readonly description?: ReactNode
  /** Buttons; the primary one last. */
  readonly actions?: ReactNode
  /** What belongs to the title: a status pill, a save state. */
  readonly aside?: ReactNode
}

/** The one `h1` of a page; takes the focus after a change of page. */
export function PageHeader({ title, eyebrow, description, actions, aside }: Props) {
  return (
    <header className={classes.header}>
      <div className={classes.words}>
        {eyebrow ? <div className={classes.eyebrow}>{eyebrow}</div> : null}
        <div className={classes.line}>
          <h1 className={classes.title} tabIndex={-1}>
            {title}
          </h1>
          {aside}
        </div>
        {description ? <p className={classes.description}>{description}</p> : null}
      </div>
      {actions ? <div className={classes.actions}>{actions}</div> : null}
    </header>
  )
}
