import type { ReactNode } from 'react'
import { NavLink } from 'react-router'
import classes from './section-menu.module.css'

interface SectionLink {
  readonly to: string
  readonly label: string
  /** The first page of a section lies above the others' addresses. */
  readonly exact?: boolean
}

interface Props {
  readonly label: string
  readonly links: readonly SectionLink[]
  readonly children: ReactNode
}

/** The second column: the pages of a course or of the administration. A strip to swipe on small screens. */
export function SectionMenu({ label, links, children }: Props) {
  if (links.length < 2) return children
  return (
    <div className={classes.section}>
      <nav className={classes.menu} aria-label={label} data-chrome>
        <ul>
          {links.map(({ to, label, exact }) => (
            <li key={to}>
              <NavLink to={to} end={exact ?? false} className={classes.link ?? ''}>
                {label}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className={classes.content}>{children}</div>
    </div>
  )
}
