import type { Position } from '@lyceum/course/contract'
import { type MouseEvent, useLayoutEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { directionOf } from '../../../locale/i18n.ts'
import { useReader } from '../outline/use-reader.ts'
import { usePagePosition } from '../study/use-page-position.ts'
import type { Study } from '../study/use-study.ts'
import { furnishPage } from './furnish-page.ts'
import './page-content.css'
import { Zoom } from './zoom.tsx'

interface Props {
  /** Made safe by the server. */
  readonly html: string
  readonly locale: string | null
  readonly position: Position | null
  readonly study: Study
  readonly onResumed: () => void
}

/** A page to read: set for reading, and opened where it was left. */
export function PageContent({ html, locale, position, study, onResumed }: Props) {
  const { t } = useReader()
  const page = useRef<HTMLDivElement>(null)
  const [zoomed, setZoomed] = useState<{ readonly src: string; readonly alt: string }>()
  const navigate = useNavigate()

  useLayoutEffect(() => {
    const root = page.current
    if (!root) return
    root.innerHTML = html
    furnishPage(root, {
      copy: t('page.copy'),
      copied: t('page.copied'),
      code: t('page.code'),
      table: t('page.table'),
      newTab: t('page.newTab'),
      enlarge: (name) => t('zoom.open', { name })
    })
  }, [html, t])

  usePagePosition({ page, html, position, study, onResumed })

  const onClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element)) return
    const picture = event.target.closest('.zoom')?.querySelector('img')
    if (picture) return setZoomed({ src: picture.src, alt: picture.alt })
    const link = event.target.closest('a')
    if (!link || link.target || link.origin !== location.origin || event.ctrlKey || event.metaKey || event.shiftKey)
      return
    // Addresses of the server, such as files, are not screens.
    if (link.pathname.startsWith('/api/') || (link.pathname === location.pathname && link.hash)) return
    event.preventDefault()
    void navigate(link.pathname + link.search + link.hash)
  }

  return (
    <>
      {/* What is clicked are links and buttons of the page; their clicks are only gathered here. */}
      <div
        ref={page}
        className="ly-page"
        {...(locale ? { lang: locale, dir: directionOf(locale) } : { dir: 'auto' })}
        onClickCapture={onClick}
      />
      {zoomed ? <Zoom {...zoomed} onClose={() => setZoomed(undefined)} /> : null}
    </>
  )
}
