import { type Editor, useEditorState } from '@tiptap/react'
import { useTranslation } from 'react-i18next'
import type { OpenDialog } from '../dialogs/editor-dialogs.tsx'
import { CALLOUT_KINDS, isCalloutKind, kindOf, OFFERED_CALLOUTS } from '../schema/callout.ts'
import classes from './toolbar.module.css'

interface Props {
  readonly editor: Editor
  readonly onOpen: (dialog: OpenDialog) => void
}

/** A second row for what the cursor is in: a table, a box, code, a picture, a part that is kept as it is. */
export function ContextTools({ editor, onOpen }: Props) {
  const { t } = useTranslation('teach')
  const state = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      table: now.isActive('table'),
      callout: now.isActive('callout') ? (kindOf(now.getAttributes('callout')) ?? 'callout') : undefined,
      code: now.isActive('codeBlock') ? String(now.getAttributes('codeBlock').language ?? '') : undefined,
      image: now.isActive('image') || now.isActive('figureImage'),
      alt: String(now.getAttributes('image').alt ?? now.getAttributes('figureImage').alt ?? ''),
      raw: now.isActive('rawBlock') || now.isActive('rawInline')
    })
  })
  const run = () => editor.chain().focus()
  const button = (label: string, onUse: () => void) => (
    <button
      key={label}
      type="button"
      className={classes.contextTool}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onUse}
    >
      {label}
    </button>
  )
  if (state.image)
    return (
      <div className={classes.context}>
        <span>{state.alt ? t('context.described', { alt: state.alt }) : t('context.undescribed')}</span>
        {button(t('picture.describe'), () => onOpen({ kind: 'image' }))}
      </div>
    )
  if (state.raw)
    return (
      <div className={classes.context}>
        <span>{t('context.raw')}</span>
        {button(t('context.rawRemove'), () => run().deleteSelection().run())}
      </div>
    )
  if (state.code !== undefined)
    return (
      <div className={classes.context}>
        <label>
          {t('context.language')}
          <input
            key={state.code}
            className={classes.language}
            dir="ltr"
            defaultValue={state.code}
            placeholder="python"
            maxLength={30}
            onBlur={(event) => {
              const language = event.currentTarget.value
                .trim()
                .toLowerCase()
                .replace(/[^\w+#.-]/g, '')
              if (language !== state.code) editor.commands.updateAttributes('codeBlock', { language: language || null })
            }}
            onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
          />
        </label>
      </div>
    )
  if (!state.table && !state.callout) return null
  return (
    <div className={classes.context}>
      {state.table ? (
        <>
          <span>{t('context.table')}</span>
          {button(t('context.rowAbove'), () => run().addRowBefore().run())}
          {button(t('context.rowBelow'), () => run().addRowAfter().run())}
          {button(t('context.rowRemove'), () => run().deleteRow().run())}
          {button(t('context.columnBefore'), () => run().addColumnBefore().run())}
          {button(t('context.columnAfter'), () => run().addColumnAfter().run())}
          {button(t('context.columnRemove'), () => run().deleteColumn().run())}
          {button(t('context.headerRow'), () => run().toggleHeaderRow().run())}
          {button(t('context.tableRemove'), () => run().deleteTable().run())}
        </>
      ) : null}
      {state.callout ? (
        <>
          <label>
            {t('context.box')}
            <select
              className={classes.kind}
              value={state.callout}
              onChange={(event) => {
                const kind = event.currentTarget.value
                if (isCalloutKind(kind))
                  run()
                    .setCallout(kind, t(`callout.${kind}`))
                    .run()
              }}
            >
              {CALLOUT_KINDS.filter(
                (kind) => kind === state.callout || OFFERED_CALLOUTS.some((offered) => offered === kind)
              ).map((kind) => (
                <option key={kind} value={kind}>
                  {t(`callout.${kind}`)}
                </option>
              ))}
            </select>
          </label>
          {button(t('context.boxRemove'), () => run().unsetCallout().run())}
        </>
      ) : null}
    </div>
  )
}
