import type { ComponentProps, ReactNode } from 'react'
import { PageHeader } from '../ui/page-header.tsx'
import classes from './page.module.css'
import { type Crumb, usePageTitle } from './page-state.ts'

interface Props extends Omit<ComponentProps<typeof PageHeader>, 'title'> {
  readonly title: string
  /** The way here, without the page itself. */
  readonly crumbs?: readonly Crumb[]
  /** `form` for one column of fields, `text` for reading, `wide` for cards and tables. */
  readonly width?: 'form' | 'text' | 'wide'
  readonly children: ReactNode
}

/** A page inside the frame: title of the tab, breadcrumb, heading, focus, and the right width. */
export function Page({ title, crumbs = [], width = 'wide', children, ...header }: Props) {
  usePageTitle(title, crumbs)
  return (
    <div className={classes.page} data-width={width}>
      <PageHeader title={title} {...header} />
      {children}
    </div>
  )
}
