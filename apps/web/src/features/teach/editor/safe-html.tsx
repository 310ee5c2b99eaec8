import { useLayoutEffect, useRef } from 'react'
import { safeFragment } from './page-html/safe-fragment.ts'
import classes from './page-text.module.css'

/** A piece of a page to look at. */
export function SafeHtml({ html }: { readonly html: string }) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => box.current?.replaceChildren(safeFragment(html)), [html])
  return <div ref={box} className={classes.page} dir="auto" />
}
