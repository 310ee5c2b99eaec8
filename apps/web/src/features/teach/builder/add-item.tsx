import type { ItemKind, OutlineUnit } from '@lyceum/course/contract'
import { Button, Menu, TextInput } from '@mantine/core'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { path } from '../../../path.ts'
import { announce } from '../../../ui/announce.ts'
import { FileDrop } from '../../../ui/file-drop.tsx'
import { ITEM_KINDS, KindIcon } from '../item-kind.tsx'
import { useBuilder } from './builder-context.ts'
import classes from './outline.module.css'
import { titleOfFile } from './title-of-file.ts'

/** The way to add to a unit: choose a kind, name it, go on. */
export function AddItem({ unit }: { readonly unit: OutlineUnit }) {
  const { t } = useTranslation('teach')
  const [kind, setKind] = useState<ItemKind>()
  const plus = useRef<HTMLButtonElement>(null)
  const close = () => {
    setKind(undefined)
    requestAnimationFrame(() => plus.current?.focus())
  }

  if (kind)
    return (
      <div className={classes.composer}>
        {kind === 'video' || kind === 'file' ? (
          <FileComposer unit={unit} kind={kind} onClose={close} />
        ) : (
          <TextComposer unit={unit} kind={kind} onClose={close} />
        )}
      </div>
    )
  if (unit.items.length === 0)
    return (
      <div className={classes.firstItem}>
        <p>{t('add.first')}</p>
        <div className={classes.kinds}>
          {ITEM_KINDS.map((one) => (
            <Button
              key={one}
              variant="default"
              size="sm"
              leftSection={<KindIcon kind={one} size={18} />}
              onClick={() => setKind(one)}
            >
              {t(`kind.${one}`)}
            </Button>
          ))}
        </div>
      </div>
    )
  return (
    <div className={classes.add}>
      <Menu position="bottom-start" width={200} shadow="md">
        <Menu.Target>
          <Button ref={plus} variant="subtle" size="sm" leftSection={<IconPlus size={18} aria-hidden />}>
            {t('add.toUnit')}
            <span className={classes.hidden}> {unit.title}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {ITEM_KINDS.map((one) => (
            <Menu.Item key={one} leftSection={<KindIcon kind={one} size={18} />} onClick={() => setKind(one)}>
              {t(`kind.${one}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

interface ComposerProps {
  readonly unit: OutlineUnit
  readonly kind: ItemKind
  readonly onClose: () => void
}

/** Pages, links and headings: a name and Enter, again and again; Escape ends it. */
function TextComposer({ unit, kind, onClose }: ComposerProps) {
  const { t } = useTranslation('teach')
  const { courseId, edits } = useBuilder()
  const navigate = useNavigate()
  const [title, setTitle] = useState('')
  const [url, setUrl] = useState('')
  const [pending, setPending] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const isLink = kind === 'link'
  const ready = isLink ? url.trim() !== '' : title.trim() !== ''

  const add = async () => {
    if (!ready || pending) return undefined
    setPending(true)
    const named = title.trim() || url.trim().replace(/^https?:\/\//, '')
    const item = await edits.addItem(unit.id, {
      kind,
      title: named.slice(0, 200),
      ...(isLink ? { url: url.trim() } : {})
    })
    setPending(false)
    if (!item) return undefined
    announce(t('add.added', { title: item.title }))
    setTitle('')
    setUrl('')
    field.current?.focus()
    return item
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void add()
  }
  const addAndWrite = async () => {
    const item = await add()
    if (item) navigate(path.itemEdit({ courseId, itemId: item.id }))
  }

  return (
    <form
      onSubmit={submit}
      className={classes.composerForm}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      {isLink ? (
        <TextInput
          label={t('add.url')}
          type="text"
          inputMode="url"
          dir="ltr"
          placeholder="https://"
          ref={(element) => {
            if (element && !field.current) element.focus()
            field.current = element
          }}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
      ) : null}
      <TextInput
        label={t(isLink ? 'add.linkTitle' : `add.title.${kind}`)}
        dir="auto"
        maxLength={200}
        {...(isLink
          ? {}
          : {
              ref: (element: HTMLInputElement | null) => {
                if (element && !field.current) element.focus()
                field.current = element
              }
            })}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <div className={classes.composerButtons}>
        <Button variant="subtle" size="sm" onClick={onClose}>
          {t('add.done')}
        </Button>
        {kind === 'page' ? (
          <Button variant="default" size="sm" disabled={!ready} onClick={() => void addAndWrite()}>
            {t('add.andWrite')}
          </Button>
        ) : null}
        <Button type="submit" size="sm" disabled={!ready} loading={pending}>
          {t('add.add')}
        </Button>
      </div>
    </form>
  )
}

/** Videos and files: dropped or chosen, each becomes an item named after itself; or a video that lies elsewhere. */
function FileComposer({ unit, kind, onClose }: ComposerProps) {
  const { t } = useTranslation('teach')
  const { edits } = useBuilder()
  const [url, setUrl] = useState('')
  const id = useId()
  const addElsewhere = async (event: FormEvent) => {
    event.preventDefault()
    const item = await edits.addItem(unit.id, { kind, title: t('add.video'), url: url.trim() })
    if (item) setUrl('')
  }
  return (
    <>
      <FileDrop
        multiple
        label={t(kind === 'video' ? 'add.dropVideo' : 'add.dropFile')}
        {...(kind === 'video' ? { accept: 'video/*' } : {})}
        onUploaded={({ fileId, name }) => void edits.addItem(unit.id, { kind, title: titleOfFile(name), fileId })}
      />
      {kind === 'video' ? (
        <form onSubmit={(event) => void addElsewhere(event)} className={classes.elsewhere}>
          <TextInput
            id={id}
            label={t('add.videoElsewhere')}
            inputMode="url"
            dir="ltr"
            placeholder="https://"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={url.trim() === ''}>
            {t('add.add')}
          </Button>
        </form>
      ) : null}
      <div className={classes.composerButtons}>
        <Button variant="subtle" size="sm" onClick={onClose}>
          {t('add.done')}
        </Button>
      </div>
    </>
  )
}
