import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { FileDrop } from '../../../ui/file-drop.tsx'
import classes from './school.module.css'

interface Props {
  readonly url: string | null
  readonly error: string | undefined
  readonly onChange: (fileId: string | null, url: string | null) => void
}

const MOST_BYTES = 2_000_000
const WAIT_MS = 700
const TRIES = 40

/** The picture in the rail and on the sign-in page; the arch of Lyceum stands there without one. */
export function LogoField({ url, error, onChange }: Props) {
  const { t } = useTranslation('admin')
  const [fault, setFault] = useState<'refused' | 'notAnImage' | 'stillChecked'>()
  const [checking, setChecking] = useState(false)
  const take = async (fileId: string) => {
    setFault(undefined)
    setChecking(true)
    try {
      const result = await checked(fileId)
      if (typeof result === 'string') setFault(result)
      else onChange(fileId, result.url)
    } catch {
      setFault('stillChecked')
    } finally {
      setChecking(false)
    }
  }
  return (
    <div className={classes.logo}>
      <p className={classes.label}>{t('school.logo')}</p>
      {url ? (
        <div className={classes.logoNow}>
          <img src={url} alt={t('school.logoNow')} />
          <Button variant="default" size="sm" onClick={() => onChange(null, null)}>
            {t('school.removeLogo')}
          </Button>
        </div>
      ) : null}
      <FileDrop
        label={t('school.dropLogo')}
        accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
        maxSize={MOST_BYTES}
        onUploaded={({ fileId }) => void take(fileId)}
      />
      {checking ? <p role="status">{t('school.checkingLogo')}</p> : null}
      {fault || error ? (
        <p role="alert" className={classes.bad}>
          {fault ? t(`school.logoFaults.${fault}`) : error}
        </p>
      ) : null}
    </div>
  )
}

/** Waits until the server has looked into the file. */
async function checked(fileId: string): Promise<{ url: string | null } | 'refused' | 'notAnImage' | 'stillChecked'> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const file = await api.file.getFile({ fileId })
    if (file.state === 'quarantined') return 'refused'
    if (file.state === 'ready') return file.mediaType.startsWith('image/') ? { url: file.url } : 'notAnImage'
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
  }
  return 'stillChecked'
}
