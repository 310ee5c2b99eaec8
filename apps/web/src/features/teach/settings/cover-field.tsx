import { Button, Input } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { query } from '../../../api.ts'
import { FileDrop } from '../../../ui/file-drop.tsx'
import classes from './settings.module.css'

interface Props {
  readonly coverUrl: string | null
  /** The file that `coverUrl` shows. */
  readonly originalId: string | null
  readonly fileId: string | null
  readonly onChange: (fileId: string | null) => void
}

/** The picture of a course: shown, replaced, taken away. */
export function CoverField({ coverUrl, originalId, fileId, onChange }: Props) {
  const { t } = useTranslation('teach')
  const changed = fileId !== null && fileId !== originalId
  const fresh = useQuery({ ...query('file', 'getFile', { fileId: fileId ?? '' }), enabled: changed })
  const shown = fileId === null ? null : changed ? (fresh.data?.url ?? null) : coverUrl
  return (
    <Input.Wrapper
      label={t('courseSettings.cover')}
      labelElement="div"
      descriptionProps={{ mb: 6 }}
      description={t('courseSettings.coverHint')}
    >
      {shown ? (
        <div className={classes.cover}>
          <img src={shown} alt="" />
          <Button variant="default" size="sm" onClick={() => onChange(null)}>
            {t('courseSettings.coverRemove')}
          </Button>
        </div>
      ) : null}
      <FileDrop
        key={fileId}
        label={t(fileId === null ? 'courseSettings.coverDrop' : 'courseSettings.coverReplace')}
        accept="image/*"
        maxSize={20_000_000}
        onUploaded={(file) => onChange(file.fileId)}
      />
    </Input.Wrapper>
  )
}
