import { type ReactNode, Suspense, useEffect, useId, useRef, useState } from 'react'
import { Loading } from '../ui/loading.tsx'
import classes from './drop-panel.module.css'
import bar from './top-bar.module.css'

interface Props {
  /** Name of the button, and of the panel. */
  readonly label: string
  readonly icon: ReactNode
  /** Fetches the code of the panel; called when somebody is about to open it. */
  readonly prepare: () => unknown
  readonly children: (close: () => void) => ReactNode
}

/**
 * A button of the top bar with a panel under it. The panel follows the button in the order of tabs, closes with Escape,
 * with a press elsewhere and when the focus leaves, and gives the focus back.
 */
export function DropPanel({ label, icon, prepare, children }: Props) {
  const [opened, setOpened] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const panelId = useId()

  const close = () => setOpened(false)
  useEffect(() => {
    if (!opened) return
    const outside = (event: Event) => {
      if (event.target instanceof Node && !place.current?.contains(event.target)) setOpened(false)
    }
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      setOpened(false)
      button.current?.focus()
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    document.addEventListener('keydown', onEscape)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
      document.removeEventListener('keydown', onEscape)
    }
  }, [opened])

  return (
    <div ref={place} className={classes.place}>
      <button
        ref={button}
        type="button"
        className={bar.tool}
        aria-label={label}
        aria-expanded={opened}
        aria-controls={opened ? panelId : undefined}
        onPointerEnter={prepare}
        onFocus={prepare}
        onClick={() => setOpened(!opened)}
      >
        {icon}
      </button>
      {opened ? (
        <section id={panelId} className={classes.panel} aria-label={label}>
          <Suspense fallback={<Loading shape="rows" count={3} />}>{children(close)}</Suspense>
        </section>
      ) : null}
    </div>
  )
}
