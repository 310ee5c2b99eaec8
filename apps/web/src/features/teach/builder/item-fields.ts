import type { Item } from '@lyceum/course/contract'

/** The settings of an item that the form edits. */
export type ItemFields = Pick<
  Item,
  'title' | 'minutes' | 'published' | 'completion' | 'opensAt' | 'dueAt' | 'requires' | 'url' | 'note'
> & {
  readonly fileId: string | null
  readonly captions: { readonly fileId: string; readonly locale: string; readonly label: string }[]
}

/** What the settings of an item are, out of the item as it is read. */
export const fieldsOf = (item: Item): ItemFields => ({
  title: item.title,
  minutes: item.minutes,
  published: item.published,
  completion: item.completion,
  opensAt: item.opensAt,
  dueAt: item.dueAt,
  requires: item.requires,
  url: item.url,
  note: item.note,
  fileId: item.file?.id ?? null,
  captions: item.file?.captions.map(({ fileId, locale, label }) => ({ fileId, locale, label })) ?? []
})
