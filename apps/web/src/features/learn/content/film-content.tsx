import type { Item } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconExternalLink from '@tabler/icons-react/dist/esm/icons/IconExternalLink.mjs'
import IconMovie from '@tabler/icons-react/dist/esm/icons/IconMovie.mjs'
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs'
import { useEffect, useState } from 'react'
import { useReader } from '../outline/use-reader.ts'
import type { Study } from '../study/use-study.ts'
import type { Film } from './film.ts'
import classes from './item-content.module.css'

interface Props {
  readonly item: Item
  readonly url: string
  /** Undefined for sites that we cannot embed. */
  readonly film: Film | undefined
  readonly study: Study
  readonly onWatched: (percent: number) => void
}

/** A film kept elsewhere: nothing is loaded from there before the learner says so. */
export function FilmContent({ item, url, film, study, onWatched }: Props) {
  const { t } = useReader()
  const [playing, setPlaying] = useState(false)
  const host = film?.site ?? URL.parse(url)?.host ?? url
  const { setBusy } = study
  useEffect(() => {
    setBusy(playing)
    return () => setBusy(false)
  }, [playing, setBusy])
  return (
    <>
      {film && playing ? (
        <iframe
          className={classes.frame}
          src={film.player}
          title={item.title}
          allow="autoplay; fullscreen; encrypted-media; picture-in-picture"
          allowFullScreen
          referrerPolicy="strict-origin-when-cross-origin"
        />
      ) : (
        <div className={classes.poster}>
          <IconMovie size={48} stroke={1.25} aria-hidden />
          <p>{film ? t('film.before', { site: host }) : t('film.elsewhere', { site: host })}</p>
          {film ? (
            <Button onClick={() => setPlaying(true)} leftSection={<IconPlayerPlay size={20} aria-hidden />}>
              {t('film.play')}
            </Button>
          ) : null}
        </div>
      )}
      <div className={classes.under}>
        <Button
          component="a"
          href={url}
          target="_blank"
          rel="noopener noreferrer"
          variant="default"
          rightSection={<IconExternalLink size={18} aria-hidden />}
        >
          {t('film.open', { site: host })}
        </Button>
        {item.completion.kind === 'watched' && item.state !== 'completed' ? (
          <SeenButton study={study} onWatched={onWatched} />
        ) : null}
      </div>
    </>
  )
}

/** What somebody watches on another site cannot be seen from here, so their word counts. */
function SeenButton({ study, onWatched }: Pick<Props, 'study' | 'onWatched'>) {
  const { t } = useReader()
  const press = () => {
    study.report({ watched: { duration: 1, ranges: [[0, 1]] } }, true)
    onWatched(100)
  }
  return (
    <Button onClick={press} title={t('film.seenWhy')}>
      {t('film.seen')}
    </Button>
  )
}
