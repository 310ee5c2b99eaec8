import type { Editor } from '@tiptap/react'
import { FilesDialog } from './files-dialog.tsx'
import { ImageDialog } from './image-dialog.tsx'
import { LinkDialog } from './link-dialog.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'

/** What stands in front of the editor. */
export type OpenDialog =
  | { readonly kind: 'link' }
  /** Pictures and other files, dropped, pasted or chosen. */
  | { readonly kind: 'files'; readonly files: readonly File[] }
  /** The description of the picture that is selected. */
  | { readonly kind: 'image' }
  | { readonly kind: 'shortcuts' }

interface Props {
  readonly editor: Editor
  readonly courseId: string
  readonly dialog: OpenDialog | undefined
  readonly onClose: () => void
}

export function EditorDialogs({ editor, courseId, dialog, onClose }: Props) {
  const close = () => {
    onClose()
    // Where the person was writing, not where the dialog was opened from.
    requestAnimationFrame(() => editor.commands.focus())
  }
  switch (dialog?.kind) {
    case 'link':
      return <LinkDialog editor={editor} courseId={courseId} onClose={close} />
    case 'files':
      return <FilesDialog editor={editor} files={dialog.files} onClose={close} />
    case 'image':
      return <ImageDialog editor={editor} onClose={close} />
    case 'shortcuts':
      return <ShortcutsDialog onClose={close} />
    default:
      return null
  }
}
