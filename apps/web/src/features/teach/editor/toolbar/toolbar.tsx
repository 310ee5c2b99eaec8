import IconArrowBackUp from '@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs'
import IconArrowForwardUp from '@tabler/icons-react/dist/esm/icons/IconArrowForwardUp.mjs'
import IconBlockquote from '@tabler/icons-react/dist/esm/icons/IconBlockquote.mjs'
import IconBold from '@tabler/icons-react/dist/esm/icons/IconBold.mjs'
import IconCode from '@tabler/icons-react/dist/esm/icons/IconCode.mjs'
import IconItalic from '@tabler/icons-react/dist/esm/icons/IconItalic.mjs'
import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs'
import IconList from '@tabler/icons-react/dist/esm/icons/IconList.mjs'
import IconListCheck from '@tabler/icons-react/dist/esm/icons/IconListCheck.mjs'
import IconListNumbers from '@tabler/icons-react/dist/esm/icons/IconListNumbers.mjs'
import { type Editor, useEditorState } from '@tiptap/react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenDialog } from '../dialogs/editor-dialogs.tsx'
import { BlockKind } from './block-kind.tsx'
import { ContextTools } from './context-tools.tsx'
import { InsertMenu } from './insert-menu.tsx'
import { MoreMenu } from './more-menu.tsx'
import { Tool } from './tool.tsx'
import classes from './toolbar.module.css'

interface Props {
  readonly editor: Editor
  readonly onOpen: (dialog: OpenDialog) => void
}

/** The toolbar of the editor: one stop of the Tab key, arrow keys within (WAI-ARIA toolbar pattern); Alt+F10 leads to it. */
export function Toolbar({ editor, onOpen }: Props) {
  const { t } = useTranslation('teach')
  const bar = useRef<HTMLDivElement>(null)
  const state = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'),
      italic: now.isActive('italic'),
      code: now.isActive('code'),
      link: now.isActive('link'),
      bullets: now.isActive('bulletList'),
      numbers: now.isActive('orderedList'),
      tasks: now.isActive('taskList'),
      quote: now.isActive('blockquote'),
      canUndo: now.can().undo(),
      canRedo: now.can().redo()
    })
  })
  const run = () => editor.chain().focus()

  useEffect(() => {
    const toToolbar = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'F10' || !event.altKey || !editor.isFocused) return
      event.preventDefault()
      toolsOf(bar.current)[0]?.focus()
    }
    // The editor's own element may not be there yet.
    document.addEventListener('keydown', toToolbar)
    return () => document.removeEventListener('keydown', toToolbar)
  }, [editor])

  // Runs after every drawing, because what stands in the bar depends on where the cursor is.
  useEffect(() => {
    const tools = toolsOf(bar.current)
    const current = tools.find((tool) => tool === document.activeElement) ?? tools[0]
    for (const tool of tools) tool.tabIndex = tool === current ? 0 : -1
  })

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && event.currentTarget.contains(document.activeElement)) return void run().run()
    const tools = toolsOf(bar.current)
    const focused = document.activeElement
    const at = focused instanceof HTMLElement ? tools.indexOf(focused) : -1
    if (at < 0 || focused instanceof HTMLInputElement) return
    const forwards = getComputedStyle(event.currentTarget).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
    const backwards = forwards === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft'
    const to =
      event.key === forwards
        ? (at + 1) % tools.length
        : event.key === backwards
          ? (at - 1 + tools.length) % tools.length
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? tools.length - 1
              : undefined
    if (to === undefined) return
    event.preventDefault()
    for (const [index, tool] of tools.entries()) tool.tabIndex = index === to ? 0 : -1
    tools[to]?.focus()
  }

  return (
    <div ref={bar} role="toolbar" aria-label={t('toolbar.label')} className={classes.bar} onKeyDown={onKeyDown}>
      <div className={classes.row}>
        <BlockKind editor={editor} />
        <span className={classes.group}>
          <Tool
            icon={IconBold}
            label={t('toolbar.bold')}
            keys="Control+B"
            active={state.bold}
            onUse={() => run().toggleBold().run()}
          />
          <Tool
            icon={IconItalic}
            label={t('toolbar.italic')}
            keys="Control+I"
            active={state.italic}
            onUse={() => run().toggleItalic().run()}
          />
          <Tool
            icon={IconCode}
            label={t('toolbar.code')}
            keys="Control+E"
            active={state.code}
            onUse={() => run().toggleCode().run()}
          />
          <Tool
            icon={IconLink}
            label={t('toolbar.link')}
            keys="Control+K"
            active={state.link}
            onUse={() => onOpen({ kind: 'link' })}
          />
        </span>
        <span className={classes.group}>
          <Tool
            icon={IconList}
            label={t('toolbar.bulletList')}
            keys="Control+Shift+8"
            active={state.bullets}
            onUse={() => run().toggleBulletList().run()}
          />
          <Tool
            icon={IconListNumbers}
            label={t('toolbar.orderedList')}
            keys="Control+Shift+7"
            active={state.numbers}
            onUse={() => run().toggleOrderedList().run()}
          />
          <Tool
            icon={IconListCheck}
            label={t('toolbar.taskList')}
            keys="Control+Shift+9"
            active={state.tasks}
            onUse={() => run().toggleTaskList().run()}
          />
          <Tool
            icon={IconBlockquote}
            label={t('toolbar.quote')}
            keys="Control+Shift+B"
            active={state.quote}
            onUse={() => run().toggleBlockquote().run()}
          />
        </span>
        <InsertMenu editor={editor} onOpen={onOpen} />
        <MoreMenu editor={editor} onOpen={onOpen} />
        <span className={classes.group} data-end>
          <Tool
            icon={IconArrowBackUp}
            label={t('toolbar.undo')}
            keys="Control+Z"
            disabled={!state.canUndo}
            onUse={() => run().undo().run()}
          />
          <Tool
            icon={IconArrowForwardUp}
            label={t('toolbar.redo')}
            keys="Control+Shift+Z"
            disabled={!state.canRedo}
            onUse={() => run().redo().run()}
          />
        </span>
      </div>
      <ContextTools editor={editor} onOpen={onOpen} />
    </div>
  )
}

const toolsOf = (bar: HTMLElement | null): HTMLElement[] => [
  ...(bar?.querySelectorAll<HTMLElement>('button, select, input') ?? [])
]
