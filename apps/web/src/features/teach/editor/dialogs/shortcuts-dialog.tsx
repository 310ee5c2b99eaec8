import { useTranslation } from 'react-i18next'
import { Dialog } from '../../../../ui/dialog.tsx'
import { KeyHint } from '../../../../ui/key-hint.tsx'
import classes from './dialogs.module.css'

const SHORTCUTS = [
  ['bold', 'mod+b'],
  ['italic', 'mod+i'],
  ['underline', 'mod+u'],
  ['link', 'mod+k'],
  ['code', 'mod+e'],
  ['heading', 'mod+Alt+2'],
  ['paragraph', 'mod+Alt+0'],
  ['bulletList', 'mod+Shift+8'],
  ['orderedList', 'mod+Shift+7'],
  ['taskList', 'mod+Shift+9'],
  ['quote', 'mod+Shift+b'],
  ['codeBlock', 'mod+Alt+c'],
  ['undo', 'mod+z'],
  ['redo', 'mod+Shift+z'],
  ['toolbar', 'Alt+F10']
] as const

/** The keys that save a hand the way to the mouse. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('teach')
  return (
    <Dialog opened onClose={onClose} title={t('shortcuts.title')}>
      <dl className={classes.shortcuts}>
        {SHORTCUTS.map(([name, keys]) => (
          <div key={name}>
            <dt>{t(`shortcuts.${name}`)}</dt>
            <dd>
              <KeyHint keys={keys} />
              <span className={classes.hidden}>{keys.replace('mod', 'Ctrl')}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p className={classes.hint}>{t('shortcuts.markdown')}</p>
    </Dialog>
  )
}
