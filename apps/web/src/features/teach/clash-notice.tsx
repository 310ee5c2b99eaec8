import { Alert, Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'

interface Props {
  readonly clash: object | undefined
  readonly onSettle: (whose: 'mine' | 'theirs') => void
}

/** Somebody else changed the same settings meanwhile: which shall hold? */
export function ClashNotice({ clash, onSettle }: Props) {
  const { t } = useTranslation('teach')
  if (!clash) return null
  return (
    <Alert role="alert" color="yellow" variant="light" title={t('clash.title')}>
      <p>{t('clash.words')}</p>
      <Group gap="xs">
        <Button size="sm" variant="default" onClick={() => onSettle('theirs')}>
          {t('clash.theirs')}
        </Button>
        <Button size="sm" onClick={() => onSettle('mine')}>
          {t('clash.mine')}
        </Button>
      </Group>
    </Alert>
  )
}
