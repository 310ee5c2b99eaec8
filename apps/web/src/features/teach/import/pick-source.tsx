import { Alert, Button } from '@mantine/core'
import IconFileZip from '@tabler/icons-react/dist/esm/icons/IconFileZip.mjs'
import IconFolder from '@tabler/icons-react/dist/esm/icons/IconFolder.mjs'
import IconFolderUp from '@tabler/icons-react/dist/esm/icons/IconFolderUp.mjs'
import { type DragEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Source, sourceOfDrop, sourceOfInput } from './dropped-files.ts'
import classes from './import.module.css'

interface Props {
  readonly onPick: (source: Source | undefined) => void
  /** There was nothing to import in what was given. */
  readonly nothing: boolean
}

/** A place to drop a zip or a folder on; two buttons do the same for everybody. */
export function PickSource({ onPick, nothing }: Props) {
  const { t } = useTranslation('teach')
  const [over, setOver] = useState(false)
  const zip = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  // React knows no property for it.
  useEffect(() => folder.current?.setAttribute('webkitdirectory', ''), [])

  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void sourceOfDrop(event.dataTransfer.items).then(onPick)
  }
  const take = (input: HTMLInputElement) => {
    if (input.files) onPick(sourceOfInput(input.files))
    input.value = ''
  }
  return (
    <>
      <section
        aria-label={t('import.drop')}
        className={classes.area}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconFolderUp size={44} stroke={1.3} aria-hidden />
        <p className={classes.drop}>{t('import.drop')}</p>
        <div className={classes.buttons}>
          <Button leftSection={<IconFileZip size={20} aria-hidden />} onClick={() => zip.current?.click()}>
            {t('import.chooseZip')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconFolder size={20} aria-hidden />}
            onClick={() => folder.current?.click()}
          >
            {t('import.chooseFolder')}
          </Button>
        </div>
        <input
          ref={zip}
          type="file"
          hidden
          accept=".zip,application/zip,.md"
          onChange={(event) => take(event.currentTarget)}
        />
        <input ref={folder} type="file" hidden multiple onChange={(event) => take(event.currentTarget)} />
      </section>
      {nothing ? (
        <Alert role="alert" color="yellow" variant="light" mt="md">
          {t('import.nothing')}
        </Alert>
      ) : null}
      <dl className={classes.rules}>
        <div>
          <dt>{t('import.rule.folders')}</dt>
          <dd>{t('import.rule.foldersWords')}</dd>
        </div>
        <div>
          <dt>{t('import.rule.pages')}</dt>
          <dd>{t('import.rule.pagesWords')}</dd>
        </div>
        <div>
          <dt>{t('import.rule.files')}</dt>
          <dd>{t('import.rule.filesWords')}</dd>
        </div>
      </dl>
    </>
  )
}
