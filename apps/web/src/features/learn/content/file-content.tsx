import type { Item } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs'
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs'
import { useState } from 'react'
import { useReader } from '../outline/use-reader.ts'
import classes from './item-content.module.css'
import { sizeInWords } from './size-words.ts'
import { Zoom } from './zoom.tsx'

type File = NonNullable<Item['file']>

interface Props {
  readonly file: File
  readonly onRefetch: () => void
}

/** Only the length and the first picture are fetched before somebody presses play. */
const PLAYER = { controls: true, preload: 'metadata' } as const

/** A file: seen here where the browser can show it, and there to be taken along. */
export function FileContent({ file, onRefetch }: Props) {
  const { t, locale } = useReader()
  const { name, mediaType, size, url } = file
  return (
    <>
      <Preview file={file} onRefetch={onRefetch} />
      <div className={classes.card}>
        <span className={classes.icon}>
          <IconPaperclip size={28} stroke={1.5} aria-hidden />
        </span>
        <div className={classes.what}>
          <p className={classes.name}>
            <bdi>{name}</bdi>
          </p>
          <p className={classes.small}>
            <bdi>{[extension(name) ?? mediaType, sizeInWords(size, locale)].join(' · ')}</bdi>
          </p>
        </div>
        <div className={classes.buttons}>
          <Button
            component="a"
            href={url}
            download={name}
            leftSection={<IconDownload size={20} aria-hidden />}
            aria-label={t('file.downloadNamed', { name })}
          >
            {t('file.download')}
          </Button>
        </div>
      </div>
    </>
  )
}

function Preview({ file: { name, mediaType, url, captions }, onRefetch }: Props) {
  const { t } = useReader()
  const [zoomed, setZoomed] = useState(false)
  if (mediaType.startsWith('image/'))
    return (
      <>
        <button
          type="button"
          className={classes.picture}
          onClick={() => setZoomed(true)}
          aria-label={t('zoom.open', { name })}
        >
          <img src={url} alt={name} onError={onRefetch} />
        </button>
        {zoomed ? <Zoom src={url} alt={name} onClose={() => setZoomed(false)} /> : null}
      </>
    )
  // Phones have no viewer inside a page; there the file is opened by its button.
  if (mediaType === 'application/pdf' && navigator.pdfViewerEnabled && !matchMedia('(pointer: coarse)').matches)
    return <iframe className={classes.paper} src={url} title={name} />
  if (mediaType.startsWith('audio/'))
    return (
      <audio className={classes.media} src={url} {...PLAYER} onError={onRefetch}>
        {captions.map(({ fileId, locale, label, url: address }) => (
          <track key={fileId} kind="captions" src={address} srcLang={locale} label={label} />
        ))}
      </audio>
    )
  return null
}

/** "PDF" of "Handout.pdf". */
const extension = (name: string): string | undefined => /\.([\p{L}\p{N}]{1,5})$/u.exec(name)?.[1]?.toUpperCase()
