import type { Item } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { type KeyboardEvent, useCallback, useEffect, useId, useRef, useState } from 'react'
import { KeyHint } from '../../../ui/key-hint.tsx'
import { useReader } from '../outline/use-reader.ts'
import type { Study } from '../study/use-study.ts'
import { mergeRanges, percentWatched, type Range, rangesOf } from '../study/watched.ts'
import classes from './video-content.module.css'

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2] as const
const SPEED = 'lyceum.speed'
/** How often a playing video says how far it is. */
const TELL_EVERY_MS = 10_000
/** Resuming a little earlier gives the sentence back. */
const BACK_SECONDS = 2

interface Props {
  readonly item: Item
  readonly source: Pick<NonNullable<Item['file']>, 'url' | 'captions'>
  readonly study: Study
  readonly onWatched: (percent: number) => void
  readonly onRefetch: () => void
}

/** Only the length and the first picture are fetched before somebody presses play. */
const PLAYER = { controls: true, playsInline: true, preload: 'metadata' } as const

/** A video that goes on where it was left, says honestly what was played, and obeys the keyboard. */
export function VideoContent({ item, source, study, onWatched, onRefetch }: Props) {
  const { t, locale } = useReader()
  const video = useRef<HTMLVideoElement>(null)
  const [failed, setFailed] = useState(false)
  const [speed, setSpeed] = useState(readSpeed)
  // What an earlier load of the same visit played: a fresh address starts the count of the browser anew.
  const before = useRef<Range[]>([])
  const at = useRef(item.position && 'seconds' in item.position ? item.position.seconds : 0)
  const { report, setBusy, onLeave } = study

  const tell = useCallback(
    (urgent = false) => {
      const player = video.current
      if (!player || !Number.isFinite(player.duration) || player.played.length === 0) return
      at.current = player.currentTime
      const ranges = mergeRanges(before.current, rangesOf(player.played))
      onWatched(percentWatched(ranges, player.duration))
      report(
        {
          watched: { duration: player.duration, ranges },
          position: { seconds: Math.round(player.currentTime * 10) / 10 }
        },
        urgent
      )
    },
    [report, onWatched]
  )

  useEffect(() => {
    const timer = setInterval(() => {
      if (video.current && !video.current.paused) tell()
    }, TELL_EVERY_MS)
    const stay = onLeave(tell)
    return () => {
      clearInterval(timer)
      stay()
      setBusy(false)
    }
  }, [tell, onLeave, setBusy])

  const onLoaded = () => {
    const player = video.current
    if (!player) return
    player.playbackRate = speed
    // A finished video starts from the beginning.
    const from = at.current - BACK_SECONDS
    if (from > 1 && from < player.duration - 5) player.currentTime = from
  }
  const onError = () => {
    before.current = mergeRanges(before.current, video.current ? rangesOf(video.current.played) : [])
    setFailed(true)
  }
  const again = () => {
    setFailed(false)
    onRefetch()
    video.current?.load()
  }
  const chooseSpeed = (next: number) => {
    localStorage.setItem(SPEED, String(next))
    setSpeed(next)
    if (video.current) video.current.playbackRate = next
  }

  return (
    <div className={classes.box}>
      <div className={classes.stage}>
        <video
          ref={video}
          className={classes.video}
          src={source.url}
          {...PLAYER}
          aria-label={item.title}
          onLoadedMetadata={onLoaded}
          onPlay={() => setBusy(true)}
          onPause={() => {
            setBusy(false)
            tell()
          }}
          onEnded={() => tell(true)}
          onError={onError}
          onKeyDown={(event) => onKey(event, video.current, speed, chooseSpeed)}
        >
          {source.captions.map(({ fileId, locale: language, label, url }) => (
            <track
              key={fileId}
              kind="captions"
              src={url}
              srcLang={language}
              label={label}
              default={language.split('-')[0] === locale.split('-')[0]}
            />
          ))}
        </video>
        {failed ? (
          <div className={classes.failed} role="alert">
            <p>{t('video.failed')}</p>
            <Button onClick={again} variant="white">
              {t('video.again')}
            </Button>
          </div>
        ) : null}
      </div>
      <Speed speed={speed} onChoose={chooseSpeed} />
    </div>
  )
}

function Speed({ speed, onChoose }: { readonly speed: number; readonly onChoose: (speed: number) => void }) {
  const { t, locale } = useReader()
  const name = useId()
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  return (
    <div className={classes.under}>
      <fieldset className={classes.speed}>
        <legend>{t('video.speed')}</legend>
        {SPEEDS.map((value) => (
          <label key={value}>
            <input type="radio" name={name} checked={value === speed} onChange={() => onChoose(value)} />
            <span className={classes.choice}>{t('video.times', { speed: format.format(value) })}</span>
          </label>
        ))}
      </fieldset>
      <p className={classes.keys}>
        <span>
          <KeyHint keys="k" /> {t('video.keys.play')}
        </span>
        <span>
          <KeyHint keys="j" /> <KeyHint keys="l" /> {t('video.keys.jump')}
        </span>
        <span>
          <KeyHint keys="c" /> {t('video.keys.captions')}
        </span>
        <span>
          <KeyHint keys="f" /> {t('video.keys.full')}
        </span>
      </p>
    </div>
  )
}

/** The keys that people know from elsewhere, while the player has the focus. */
function onKey(
  event: KeyboardEvent,
  player: HTMLVideoElement | null,
  speed: number,
  chooseSpeed: (speed: number) => void
): void {
  if (!player || event.ctrlKey || event.metaKey || event.altKey) return
  const jump = (seconds: number) => {
    player.currentTime = Math.max(0, Math.min(player.duration || 0, player.currentTime + seconds))
  }
  const faster = (step: number) => {
    const next = SPEEDS[SPEEDS.findIndex((one) => one >= speed) + step]
    if (next !== undefined) chooseSpeed(next)
  }
  const acts: Record<string, () => void> = {
    k: () => void (player.paused ? player.play() : player.pause()),
    j: () => jump(-10),
    l: () => jump(10),
    c: () => toggleCaptions(player),
    f: () => void (document.fullscreenElement ? document.exitFullscreen() : player.requestFullscreen()),
    '>': () => faster(1),
    '<': () => faster(-1)
  }
  const act = acts[event.key.toLowerCase()]
  if (!act) return
  event.preventDefault()
  act()
}

function toggleCaptions({ textTracks }: HTMLVideoElement): void {
  const tracks = [...textTracks]
  const shown = tracks.some(({ mode }) => mode === 'showing')
  tracks.forEach((track, at) => {
    track.mode = !shown && at === 0 ? 'showing' : 'disabled'
  })
}

function readSpeed(): number {
  const stored = Number(localStorage.getItem(SPEED))
  return SPEEDS.find((speed) => speed === stored) ?? 1
}
