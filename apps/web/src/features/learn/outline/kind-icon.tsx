import type { ItemKind } from '@lyceum/course/contract'
import IconExternalLink from '@tabler/icons-react/dist/esm/icons/IconExternalLink.mjs'
import IconFileText from '@tabler/icons-react/dist/esm/icons/IconFileText.mjs'
import IconHash from '@tabler/icons-react/dist/esm/icons/IconHash.mjs'
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs'
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs'

const icons = {
  page: IconFileText,
  video: IconPlayerPlay,
  file: IconPaperclip,
  link: IconExternalLink,
  heading: IconHash
} as const

/** What kind of item it is, as a picture; say it in words beside or for listeners. */
export function KindIcon({ kind, size = 20 }: { readonly kind: ItemKind; readonly size?: number }) {
  const Icon = icons[kind]
  return <Icon size={size} stroke={1.75} aria-hidden />
}
