import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './outline.module.css'

interface Props {
  readonly title: string
  readonly children: ReactNode
  readonly editing: boolean
  readonly onEdit: (editing: boolean) => void
  readonly onRename: (title: string) => void
}

/** A title that is written over where it stands: with F2 or the pencil; Enter keeps, Escape leaves. */
export function RowTitle({ title, children, editing, onEdit, onRename }: Props) {
  const { t } = useTranslation('teach')
  const button = useRef<HTMLButtonElement>(null)
  const wasEditing = useRef(false)
  useEffect(() => {
    if (wasEditing.current && !editing) button.current?.focus()
    wasEditing.current = editing
  }, [editing])

  if (editing)
    return (
      <TitleInput
        title={title}
        onDone={(text) => {
          onEdit(false)
          if (text && text !== title) onRename(text)
        }}
      />
    )
  return (
    <div className={classes.title}>
      {children}
      <button
        ref={button}
        type="button"
        className={classes.rename}
        aria-label={t('builder.rename', { title })}
        onClick={() => onEdit(true)}
      >
        <IconPencil size={16} aria-hidden />
      </button>
    </div>
  )
}

function TitleInput({
  title,
  onDone
}: {
  readonly title: string
  readonly onDone: (text: string | undefined) => void
}) {
  const { t } = useTranslation('teach')
  const [text, setText] = useState(title)
  const settled = useRef(false)
  const done = (result: string | undefined) => {
    if (settled.current) return
    settled.current = true
    onDone(result)
  }
  return (
    <input
      className={classes.titleInput}
      aria-label={t('builder.newTitle', { title })}
      // The person has just asked to type here.
      ref={(element) => element?.focus()}
      onFocus={(event) => event.currentTarget.select()}
      value={text}
      maxLength={200}
      dir="auto"
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => done(text.trim())}
      onKeyDown={(event) => {
        event.stopPropagation()
        // The pencil gets the focus next, and the same Enter would press it.
        if (event.key === 'Enter' || event.key === 'Escape') event.preventDefault()
        if (event.key === 'Enter') done(text.trim())
        if (event.key === 'Escape') done(undefined)
      }}
    />
  )
}
