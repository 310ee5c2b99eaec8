import { Button, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Editor } from '@tiptap/react'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { query } from '../../../../api.ts'
import { path } from '../../../../path.ts'
import { Dialog } from '../../../../ui/dialog.tsx'
import { isHarmlessAddress } from '../page-html/safe-fragment.ts'

interface Props {
  readonly editor: Editor
  readonly courseId: string
  readonly onClose: () => void
}

/** A link to another item of the course or to any address. */
export function LinkDialog({ editor, courseId, onClose }: Props) {
  const { t } = useTranslation('teach')
  const { t: ui } = useTranslation('ui')
  const home = useQuery(query('course', 'getCourseHome', { courseId }))
  const before = String(editor.getAttributes('link').href ?? '')
  const [href, setHref] = useState(before)
  const [words, setWords] = useState('')
  const [fault, setFault] = useState(false)
  const formId = useId()
  const needsWords = editor.state.selection.empty && before === ''
  const units = (home.data?.units ?? [])
    .map((unit) => ({ ...unit, items: unit.items.filter(({ kind }) => kind !== 'heading') }))
    .filter(({ items }) => items.length > 0)
  const titles = new Map(
    units.flatMap(({ items }) => items.map((item) => [path.item({ courseId, itemId: item.id }), item.title]))
  )

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const address = complete(href)
    if (!address) return setFault(true)
    const chain = editor.chain().focus()
    if (needsWords) {
      const text = words.trim() || titles.get(address) || href.trim()
      chain.insertContent({ type: 'text', text, marks: [{ type: 'link', attrs: { href: address } }] }).run()
    } else chain.extendMarkRange('link').setLink({ href: address }).run()
    onClose()
  }
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t(before ? 'link.change' : 'link.title')}
      footer={
        <>
          {before ? (
            <Button
              variant="subtle"
              onClick={() => {
                editor.chain().focus().extendMarkRange('link').unsetLink().run()
                onClose()
              }}
            >
              {t('link.remove')}
            </Button>
          ) : null}
          <Button variant="default" onClick={onClose}>
            {ui('cancel')}
          </Button>
          <Button type="submit" form={formId}>
            {t('link.set')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            data-autofocus
            label={t('link.address')}
            inputMode="url"
            dir="ltr"
            placeholder="https://"
            value={href}
            onChange={(event) => {
              setHref(event.currentTarget.value)
              setFault(false)
            }}
            {...(fault ? { error: t('link.fault') } : {})}
          />
          {units.length > 0 ? (
            <NativeSelect
              label={t('link.item')}
              value={titles.has(href) ? href : ''}
              onChange={(event) => {
                setHref(event.currentTarget.value)
                setFault(false)
              }}
            >
              <option value="">{t('link.noItem')}</option>
              {units.map((unit) => (
                <optgroup key={unit.id} label={unit.title}>
                  {unit.items.map((item) => (
                    <option key={item.id} value={path.item({ courseId, itemId: item.id })}>
                      {item.title}
                    </option>
                  ))}
                </optgroup>
              ))}
            </NativeSelect>
          ) : null}
          {needsWords ? (
            <TextInput
              label={t('link.words')}
              description={t('link.wordsHint')}
              dir="auto"
              value={words}
              onChange={(event) => setWords(event.currentTarget.value)}
            />
          ) : null}
        </Stack>
      </form>
    </Dialog>
  )
}

/** What somebody typed as an address; undefined when it is none. */
function complete(typed: string): string | undefined {
  const text = typed.trim()
  if (text === '' || !isHarmlessAddress(text)) return undefined
  if (/^(https?:|mailto:|tel:|\/|#)/i.test(text)) return text
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return `mailto:${text}`
  return /^[^\s/]+\.[^\s]+$/.test(text) ? `https://${text}` : undefined
}
