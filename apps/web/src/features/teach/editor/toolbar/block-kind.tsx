import { type Editor, useEditorState } from '@tiptap/react'
import { useTranslation } from 'react-i18next'
import classes from './toolbar.module.css'

/** Headings of a page begin at the second level: the first is its title. */
const LEVELS = [2, 3, 4] as const

/** What the paragraph with the cursor is. */
export function BlockKind({ editor }: { readonly editor: Editor }) {
  const { t } = useTranslation('teach')
  const kind = useEditorState({
    editor,
    selector: ({ editor: now }) => {
      if (now.isActive('codeBlock')) return 'code'
      const level = [1, 2, 3, 4, 5, 6].find((one) => now.isActive('heading', { level: one }))
      return level === undefined ? 'text' : String(Math.min(4, Math.max(2, level)))
    }
  })
  const choose = (chosen: string) => {
    const chain = editor.chain().focus()
    const level = LEVELS.find((one) => String(one) === chosen)
    if (level) chain.setHeading({ level }).run()
    else if (chosen === 'code') chain.setCodeBlock().run()
    else chain.setParagraph().run()
  }
  return (
    <select
      className={classes.kind}
      aria-label={t('toolbar.kind')}
      value={kind}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="text">{t('toolbar.text')}</option>
      {LEVELS.map((level, index) => (
        <option key={level} value={level}>
          {t('toolbar.heading', { level: index + 1 })}
        </option>
      ))}
      <option value="code">{t('toolbar.codeBlock')}</option>
    </select>
  )
}
