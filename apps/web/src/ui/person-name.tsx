import type { ReactNode } from 'react'
import { initials } from './initials.ts'
import classes from './person-name.module.css'

interface Props {
  readonly name: string
  readonly email?: string
  /** The name as it is drawn, where it is more than text: a link, a button. */
  readonly children?: ReactNode
}

/** A person in a list: initials, name, address. The initials are for the eye only; the name stands right beside them. */
export const PersonName = ({ name, email, children }: Props) => (
  <span className={classes.person}>
    <span className={classes.face} data-text={initials(name)} data-hue={hueOf(name)} aria-hidden="true" />
    <span className={classes.words}>
      <span className={classes.name}>{children ?? <bdi>{name}</bdi>}</span>
      {email ? (
        <bdi className={classes.email} dir="ltr">
          {email}
        </bdi>
      ) : null}
    </span>
  </span>
)

/** Always the same for the same name, so that a face is found again in a long list. */
const hueOf = (name: string): number => [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 4
