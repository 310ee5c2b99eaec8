import type { ItemKind } from '@lyceum/course/contract'
import IconFileText from '@tabler/icons-react/dist/esm/icons/IconFileText.mjs'
import IconHeading from '@tabler/icons-react/dist/esm/icons/IconHeading.mjs'
import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs'
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs'
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs'
import { useTranslation } from 'react-i18next'

const icons = {
  page: IconFileText,
  video: IconPlayerPlay,
  file: IconPaperclip,
  link: IconLink,
  heading: IconHeading
} satisfies Record<ItemKind, unknown>

/** The drawing of a kind of item; its name is said beside it. */
export function KindIcon({ kind, size = 20 }: { readonly kind: ItemKind; readonly size?: number }) {
  const { t } = useTranslation('teach')
  const Icon = icons[kind]
  return <Icon size={size} stroke={1.7} role="img" aria-label={t(`kind.${kind}`)} />
}

export const ITEM_KINDS = ['page', 'video', 'file', 'link', 'heading'] as const satisfies readonly ItemKind[]
