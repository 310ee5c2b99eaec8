import { Button } from '@mantine/core'
import type { Editor } from '@tiptap/react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../../../../ui/dialog.tsx'
import { AltFields } from './alt-fields.tsx'
import classes from './dialogs.module.css'

/** The description of a picture that is in the page already. */
export function ImageDialog({ editor, onClose }: { readonly editor: Editor; readonly onClose: () => void }) {
  const { t } = useTranslation('teach')
  const { t: ui } = useTranslation('ui')
  const type = editor.isActive('figureImage') ? 'figureImage' : 'image'
  const attributes = editor.getAttributes(type)
  const [alt, setAlt] = useState(String(attributes.alt ?? ''))
  const [decorative, setDecorative] = useState(false)
  const keep = () => {
    editor
      .chain()
      .focus()
      .updateAttributes(type, { alt: decorative ? '' : alt.trim() })
      .run()
    onClose()
  }
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t('picture.describe')}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {ui('cancel')}
          </Button>
          <Button onClick={keep}>{t('picture.keep')}</Button>
        </>
      }
    >
      <img src={String(attributes.src ?? '')} alt="" className={classes.preview} />
      <AltFields alt={alt} onAlt={setAlt} decorative={decorative} onDecorative={setDecorative} />
    </Dialog>
  )
}
