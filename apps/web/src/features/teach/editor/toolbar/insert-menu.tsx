import { Menu } from '@mantine/core'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs'
import IconLayoutBottombarCollapse from '@tabler/icons-react/dist/esm/icons/IconLayoutBottombarCollapse.mjs'
import IconMinus from '@tabler/icons-react/dist/esm/icons/IconMinus.mjs'
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs'
import IconPhoto from '@tabler/icons-react/dist/esm/icons/IconPhoto.mjs'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import IconSquareRounded from '@tabler/icons-react/dist/esm/icons/IconSquareRounded.mjs'
import IconTable from '@tabler/icons-react/dist/esm/icons/IconTable.mjs'
import type { Editor } from '@tiptap/react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenDialog } from '../dialogs/editor-dialogs.tsx'
import { OFFERED_CALLOUTS } from '../schema/callout.ts'
import classes from './toolbar.module.css'

interface Props {
  readonly editor: Editor
  readonly onOpen: (dialog: OpenDialog) => void
}

/** Everything that is more than text. */
export function InsertMenu({ editor, onOpen }: Props) {
  const { t } = useTranslation('teach')
  const picture = useRef<HTMLInputElement>(null)
  const file = useRef<HTMLInputElement>(null)
  const run = () => editor.chain().focus()
  const take = (input: HTMLInputElement) => {
    const files = [...(input.files ?? [])]
    input.value = ''
    if (files.length > 0) onOpen({ kind: 'files', files })
  }
  return (
    <>
      <Menu position="bottom-start" width={240} shadow="md" returnFocus={false}>
        <Menu.Target>
          <button type="button" className={classes.menu}>
            <IconPlus size={18} aria-hidden />
            {t('toolbar.insert')}
            <IconChevronDown size={16} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPhoto size={18} aria-hidden />} onClick={() => picture.current?.click()}>
            {t('insert.picture')}
          </Menu.Item>
          <Menu.Item leftSection={<IconPaperclip size={18} aria-hidden />} onClick={() => file.current?.click()}>
            {t('insert.file')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTable size={18} aria-hidden />}
            onClick={() => run().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()}
          >
            {t('insert.table')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLayoutBottombarCollapse size={18} aria-hidden />}
            onClick={() => run().setDetails(t('insert.summary')).run()}
          >
            {t('insert.details')}
          </Menu.Item>
          <Menu.Item leftSection={<IconMinus size={18} aria-hidden />} onClick={() => run().setHorizontalRule().run()}>
            {t('insert.line')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t('insert.box')}</Menu.Label>
          {OFFERED_CALLOUTS.map((kind) => (
            <Menu.Item
              key={kind}
              leftSection={<IconSquareRounded size={18} aria-hidden />}
              onClick={() =>
                run()
                  .setCallout(kind, t(`callout.${kind}`))
                  .run()
              }
            >
              {t(`callout.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <input
        ref={picture}
        type="file"
        hidden
        tabIndex={-1}
        multiple
        accept="image/*"
        onChange={(event) => take(event.currentTarget)}
      />
      <input ref={file} type="file" hidden tabIndex={-1} multiple onChange={(event) => take(event.currentTarget)} />
    </>
  )
}
