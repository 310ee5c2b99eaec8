import { Menu } from '@mantine/core'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs'
import { type Editor, useEditorState } from '@tiptap/react'
import { useTranslation } from 'react-i18next'
import type { OpenDialog } from '../dialogs/editor-dialogs.tsx'
import classes from './toolbar.module.css'

interface Props {
  readonly editor: Editor
  readonly onOpen: (dialog: OpenDialog) => void
}

const MARKS = ['underline', 'strike', 'highlight', 'subscript', 'superscript', 'keyboard'] as const

/** Rarer looks of words, and help. */
export function MoreMenu({ editor, onOpen }: Props) {
  const { t } = useTranslation('teach')
  const active = useEditorState({ editor, selector: ({ editor: now }) => MARKS.filter((mark) => now.isActive(mark)) })
  const run = () => editor.chain().focus()
  return (
    <Menu position="bottom-start" width={230} shadow="md" returnFocus={false}>
      <Menu.Target>
        <button type="button" className={classes.menu}>
          {t('toolbar.more')}
          <IconChevronDown size={16} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {MARKS.map((mark) => (
          <Menu.Item
            key={mark}
            role="menuitemcheckbox"
            aria-checked={active.includes(mark)}
            rightSection={active.includes(mark) ? <IconCheck size={16} aria-hidden /> : null}
            onClick={() => run().toggleMark(mark).run()}
          >
            {t(`more.${mark}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => run().unsetAllMarks().run()}>{t('more.plain')}</Menu.Item>
        <Menu.Item onClick={() => onOpen({ kind: 'shortcuts' })}>{t('shortcuts.title')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
