import type { Item } from '@lyceum/course/contract'
import { Anchor, Button, CloseButton, Input, NativeSelect, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { query } from '../../../api.ts'
import { FileDrop } from '../../../ui/file-drop.tsx'
import { languageNameIn } from '../language-name.ts'
import { LANGUAGES } from '../languages.ts'
import type { ItemFields } from './item-fields.ts'
import classes from './settings.module.css'

interface Props {
  readonly kind: 'video' | 'file'
  /** The file as the item was read with it, with its address. */
  readonly file: Item['file']
  readonly fileId: string | null
  readonly captions: ItemFields['captions']
  readonly onChange: (part: Partial<ItemFields>) => void
}

/** The file behind a video or file item: what it is, another in its place, and captions for a video. */
export function FileField({ kind, file, fileId, captions, onChange }: Props) {
  const { t } = useTranslation('teach')
  const [replacing, setReplacing] = useState(fileId === null)
  const changed = fileId !== null && fileId !== file?.id
  const fresh = useQuery({ ...query('file', 'getFile', { fileId: fileId ?? '' }), enabled: changed })
  const shown = changed ? fresh.data : file
  return (
    <Stack gap="md">
      <Input.Wrapper
        label={t(kind === 'video' ? 'file.video' : 'file.file')}
        labelElement="div"
        descriptionProps={{ mb: 6 }}
      >
        {shown ? (
          <p className={classes.file}>
            {shown.url ? (
              <Anchor href={shown.url} target="_blank" rel="noreferrer">
                <bdi>{shown.name}</bdi>
              </Anchor>
            ) : (
              <bdi>{shown.name}</bdi>
            )}
            <Button size="compact-sm" variant="subtle" onClick={() => setReplacing(true)}>
              {t('file.replace')}
            </Button>
          </p>
        ) : (
          <p className={classes.file}>{t('file.none')}</p>
        )}
        {replacing ? (
          <FileDrop
            label={t('file.drop')}
            {...(kind === 'video' ? { accept: 'video/*' } : {})}
            onUploaded={(uploaded) => {
              onChange({ fileId: uploaded.fileId })
              setReplacing(false)
            }}
          />
        ) : null}
      </Input.Wrapper>
      {kind === 'video' && fileId !== null ? <Captions captions={captions} onChange={onChange} /> : null}
    </Stack>
  )
}

function Captions({ captions, onChange }: Pick<Props, 'captions' | 'onChange'>) {
  const { t, i18n } = useTranslation('teach')
  const [locale, setLocale] = useState(LANGUAGES.find((one) => one === i18n.language) ?? 'en')
  return (
    <Input.Wrapper
      label={t('captions.label')}
      labelElement="div"
      descriptionProps={{ mb: 6 }}
      description={t('captions.hint')}
    >
      {captions.length > 0 ? (
        <ul className={classes.chips}>
          {captions.map((caption) => (
            <li key={caption.fileId}>
              <bdi lang={caption.locale}>{caption.label}</bdi>
              <CloseButton
                size="sm"
                aria-label={t('captions.remove', { language: caption.label })}
                onClick={() => onChange({ captions: captions.filter(({ fileId }) => fileId !== caption.fileId) })}
              />
            </li>
          ))}
        </ul>
      ) : null}
      <Stack gap="xs" mt="xs">
        <NativeSelect
          label={t('captions.language')}
          value={locale}
          onChange={(event) => setLocale(event.currentTarget.value)}
          data={LANGUAGES.map((value) => ({ value, label: languageNameIn(i18n.language, value) }))}
        />
        <FileDrop
          key={captions.length}
          label={t('captions.drop')}
          accept=".vtt,.srt,text/vtt"
          maxSize={5_000_000}
          onUploaded={({ fileId }) =>
            onChange({ captions: [...captions, { fileId, locale, label: languageNameIn(locale, locale) }] })
          }
        />
      </Stack>
    </Input.Wrapper>
  )
}
