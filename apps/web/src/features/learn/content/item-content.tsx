import type { Item } from '@lyceum/course/contract'
import { TurningHint } from '../item/turning-hint.tsx'
import { useReader } from '../outline/use-reader.ts'
import type { Study } from '../study/use-study.ts'
import { FileContent } from './file-content.tsx'
import { filmOf, isMediaAddress } from './film.ts'
import { FilmContent } from './film-content.tsx'
import classes from './item-content.module.css'
import { LinkContent } from './link-content.tsx'
import { PageContent } from './page-content.tsx'
import { useSteady } from './use-steady.ts'
import { VideoContent } from './video-content.tsx'

interface Props {
  readonly item: Item
  /** The language of the course, where its teachers said. */
  readonly locale: string | null
  readonly study: Study
  readonly onWatched: (percent: number) => void
  /** The reader was taken to where they had been. */
  readonly onResumed: () => void
  /** Addresses of files are signed and grow old. */
  readonly refetch: () => Promise<Item | undefined>
}

/** What an item is made of, by its kind. */
export function ItemContent(props: Props) {
  const { note } = props.item
  return (
    <>
      <Content {...props} />
      {note ? (
        <p className={classes.note}>
          <bdi>{note}</bdi>
        </p>
      ) : null}
      <TurningHint />
    </>
  )
}

function Content({ item, locale, study, onWatched, onResumed, refetch }: Props) {
  const { t } = useReader()
  const [{ kind, html, file, url }, onRefetch] = useSteady(item, refetch)
  if (kind === 'page' && html)
    return <PageContent html={html} locale={locale} position={item.position} study={study} onResumed={onResumed} />
  if (kind === 'video' && file)
    return <VideoContent item={item} source={file} study={study} onWatched={onWatched} onRefetch={onRefetch} />
  if (kind === 'video' && url) {
    const film = filmOf(url)
    if (film === undefined && isMediaAddress(url))
      return (
        <VideoContent
          item={item}
          source={{ url, captions: [] }}
          study={study}
          onWatched={onWatched}
          onRefetch={onRefetch}
        />
      )
    return <FilmContent item={item} url={url} film={film} study={study} onWatched={onWatched} />
  }
  if (kind === 'file' && file) return <FileContent file={file} onRefetch={onRefetch} />
  if (kind === 'link' && url) return <LinkContent url={url} title={item.title} study={study} />
  return <p className={classes.empty}>{t('content.empty')}</p>
}
