import { Modal } from '@mantine/core'
import '@mantine/core/styles/Overlay.css'
import '@mantine/core/styles/ModalBase.css'
import '@mantine/core/styles/Modal.css'
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs'
import { type KeyboardEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { KeyHint } from '../ui/key-hint.tsx'
import classes from './command-palette.module.css'
import { type Destination, useDestinations } from './destinations.ts'

/** Jump anywhere by name: pages, settings, courses, their items, people. */
export default function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const listId = useId()
  const [text, setText] = useState('')
  const [place, setPlace] = useState(0)
  const { destinations, searching } = useDestinations(text)
  const active = Math.min(place, destinations.length - 1)

  const go = (destination: Destination | undefined) => {
    if (!destination) return
    onClose()
    void navigate(destination.to)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && destinations.length > 0) {
      event.preventDefault()
      const next = (active + step + destinations.length) % destinations.length
      setPlace(next)
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' })
    }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      go(destinations[active])
    }
  }

  return (
    <Modal.Root opened onClose={onClose} returnFocus size="lg" yOffset="12dvh">
      <Modal.Overlay backgroundOpacity={0.45} />
      <Modal.Content className={classes.content} aria-label={t('jump.open')}>
        <div className={classes.search}>
          <IconSearch size={22} aria-hidden />
          <input
            data-autofocus
            className={classes.input}
            type="text"
            role="combobox"
            aria-expanded={destinations.length > 0}
            aria-controls={listId}
            aria-activedescendant={destinations.length > 0 ? `${listId}-${active}` : undefined}
            aria-autocomplete="list"
            aria-label={t('jump.placeholder')}
            placeholder={t('jump.placeholder')}
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value)
              setPlace(0)
            }}
            onKeyDown={onKeyDown}
          />
          <KeyHint keys="Esc" />
        </div>
        <div id={listId} role="listbox" aria-label={t('jump.results')} className={classes.list}>
          {destinations.map((destination, index) => (
            <div
              key={`${destination.kind}:${destination.to}`}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              className={classes.option}
              onPointerUp={() => go(destination)}
              onMouseMove={() => setPlace(index)}
            >
              <span>{destination.label}</span>
              <small>{destination.hint ?? t(`jump.kinds.${destination.kind}`)}</small>
            </div>
          ))}
        </div>
        <p role="status" className={classes.none}>
          {destinations.length > 0 ? null : searching ? t('jump.searching') : t('jump.none', { text })}
        </p>
      </Modal.Content>
    </Modal.Root>
  )
}
