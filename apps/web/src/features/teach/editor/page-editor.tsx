import type { Item, Page as PageContent } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs'
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs'
import { Placeholder } from '@tiptap/extensions'
import { EditorContent, useEditor } from '@tiptap/react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { Page } from '../../../shell/page.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { showUndo } from '../../../ui/toast.ts'
import { ConflictView } from './conflict/conflict-view.tsx'
import { EditorDialogs, type OpenDialog } from './dialogs/editor-dialogs.tsx'
import { DraftPrompt } from './draft/draft-prompt.tsx'
import { type Draft, removeDraft, writeDraft } from './draft/draft-store.ts'
import { SaveLine } from './draft/save-line.tsx'
import { useAutosave } from './draft/use-autosave.ts'
import classes from './editor.module.css'
import { History } from './history/history.tsx'
import { canonical } from './page-html/canonical.ts'
import { closePage, openPage } from './page-html/open-page.ts'
import { cleanPaste } from './page-html/safe-fragment.ts'
import text from './page-text.module.css'
import { pageExtensions } from './schema/page-schema.ts'
import { Toolbar } from './toolbar/toolbar.tsx'

interface Props {
  readonly courseId: string
  readonly item: Item
  readonly page: PageContent
  /** What was typed on this device and never reached the server. */
  readonly draft: Draft | undefined
  readonly draftKey: string
}

/** The editor of a page with everything around it: saving, drafts, conflicts, history. */
export function PageEditor({ courseId, item, page, draft, draftKey }: Props) {
  const { t } = useTranslation('teach')
  const { t: ui } = useTranslation('ui')
  const [dialog, setDialog] = useState<OpenDialog>()
  const [showHistory, setShowHistory] = useState(false)
  const [found, setFound] = useState(() =>
    draft && canonical(draft.html) !== canonical(page.html) ? draft : undefined
  )
  const opened = useMemo(() => openPage(page.html), [page.html])
  const placeholder = t('pageEditor.placeholder')
  const label = t('pageEditor.content', { title: item.title })

  const settle = useRef(() => {})
  const editor = useEditor(
    {
      extensions: [...pageExtensions, Placeholder.configure({ placeholder })],
      content: opened,
      immediatelyRender: true,
      shouldRerenderOnTransaction: false,
      editorProps: {
        attributes: {
          class: text.page ?? '',
          role: 'textbox',
          'aria-multiline': 'true',
          'aria-label': label,
          dir: 'auto'
        },
        transformPastedHTML: cleanPaste,
        handlePaste: (_view, event) => takeFiles(event.clipboardData?.files),
        handleDrop: (_view, event, _slice, moved) => !moved && takeFiles(event.dataTransfer?.files),
        handleKeyDown: (_view, event) => {
          if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'k') return false
          // The same keys jump to another place elsewhere; here people expect a link.
          event.preventDefault()
          event.stopPropagation()
          setDialog({ kind: 'link' })
          return true
        }
      },
      onCreate: () => settle.current(),
      onUpdate: () => autosave.touch()
    },
    []
  )
  const autosave = useAutosave({ page, draftKey, read: () => closePage(editor.getHTML()) })
  settle.current = autosave.settle
  const flush = useRef(autosave.flush)
  flush.current = autosave.flush
  useEffect(() => () => void flush.current(), [])

  const takeFiles = (files: FileList | undefined): boolean => {
    if (!files || files.length === 0) return false
    setDialog({ kind: 'files', files: [...files] })
    return true
  }

  /** Puts another text into the editor, as one step that can be undone. */
  const replace = (html: string) => editor.commands.setContent(openPage(html), { emitUpdate: true })

  const restoreDraft = (old: Draft) => {
    setFound(undefined)
    if (old.baseVersion === page.version) replace(old.html)
    else autosave.confront({ base: old.baseHtml, mine: old.html, theirs: page })
  }
  const resolve = async (html: string) => {
    const mine = autosave.conflict?.mine ?? ''
    await autosave.resolve(html)
    if (canonical(mine) !== canonical(html))
      await writeDraft(`${draftKey}/aside`, {
        html: mine,
        baseHtml: html,
        baseVersion: page.version,
        at: new Date().toISOString()
      })
    editor.commands.setContent(openPage(html), { emitUpdate: false })
    autosave.settle()
  }
  const restoreRevision = (html: string) => {
    const before = closePage(editor.getHTML())
    setShowHistory(false)
    replace(html)
    showUndo(t('history.restored'), ui('undo'), () => replace(before))
  }

  const pending = autosave.state !== 'saved'
  useEffect(() => {
    const { title } = document
    document.title = pending ? `• ${title.replace(/^• /, '')}` : title.replace(/^• /, '')
  }, [pending])
  return (
    <Page
      title={item.title}
      crumbs={[
        { label: t('courseList.title'), to: path.courses() },
        { label: item.courseTitle, to: path.courseEdit({ courseId }) }
      ]}
      eyebrow={<bdi>{item.unitTitle}</bdi>}
      aside={<SaveLine state={autosave.state} savedAt={autosave.savedAt} />}
      actions={
        <>
          <Button
            variant="subtle"
            size="sm"
            leftSection={<IconHistory size={18} aria-hidden />}
            onClick={() => setShowHistory(true)}
          >
            {t('history.title')}
          </Button>
          <Button
            component={Link}
            to={path.item({ courseId, itemId: item.id })}
            variant="subtle"
            size="sm"
            leftSection={<IconEye size={18} aria-hidden />}
          >
            {t('pageEditor.view')}
          </Button>
          <Button component={Link} to={path.courseEdit({ courseId })} variant="default" size="sm">
            {t('pageEditor.done')}
          </Button>
        </>
      }
    >
      {found ? (
        <DraftPrompt
          draft={found}
          stale={found.baseVersion !== page.version}
          onRestore={() => restoreDraft(found)}
          onDiscard={() => {
            setFound(undefined)
            void removeDraft(draftKey)
          }}
        />
      ) : null}
      {autosave.state === 'refused' || autosave.state === 'kept' ? <ProblemAlert error={autosave.error} /> : null}
      {autosave.conflict ? (
        <ConflictView key={autosave.conflict.theirs.version} conflict={autosave.conflict} onResolve={resolve} />
      ) : (
        <div className={classes.editor}>
          <Toolbar editor={editor} onOpen={setDialog} />
          <EditorContent editor={editor} className={classes.sheet} />
        </div>
      )}
      <EditorDialogs editor={editor} courseId={courseId} dialog={dialog} onClose={() => setDialog(undefined)} />
      {showHistory ? (
        <History
          itemId={item.id}
          asideKey={`${draftKey}/aside`}
          onRestore={restoreRevision}
          onClose={() => setShowHistory(false)}
        />
      ) : null}
    </Page>
  )
}
