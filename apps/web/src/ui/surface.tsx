import { type ReactNode, useId } from 'react'
import classes from './surface.module.css'

interface Props {
  readonly title?: ReactNode
  readonly description?: ReactNode
  readonly children: ReactNode
}

/** A sheet on the paper; with a title it is a region of its own. */
export function Surface({ title, description, children }: Props) {
  const id = useId()
  return (
    <section className={classes.surface} {...(title ? { 'aria-labelledby': id } : {})}>
      {title ? (
        <h2 className={classes.title} id={id}>
          {title}
        </h2>
      ) : null}
      {description ? <p className={classes.description}>{description}</p> : null}
      {children}
    </section>
  )
}
