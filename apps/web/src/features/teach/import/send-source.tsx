import { Button, Group } from '@mantine/core'
import IconFileZip from '@tabler/icons-react/dist/esm/icons/IconFileZip.mjs'
import IconFolder from '@tabler/icons-react/dist/esm/icons/IconFolder.mjs'
import { useTranslation } from 'react-i18next'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { ProgressBar } from '../../../ui/progress.tsx'
import { Surface } from '../../../ui/surface.tsx'
import classes from './import.module.css'
import { PickSource } from './pick-source.tsx'
import { sizeInWords } from './size-in-words.ts'
import { useSending } from './use-sending.ts'

/** Choosing what to import, packing it, sending it. */
export function SendSource({ onStarted }: { readonly onStarted: (importId: string) => void }) {
  const { t, i18n } = useTranslation('teach')
  const sending = useSending(onStarted)
  const { step, name, done, total, folder } = sending
  const size = (bytes: number) => sizeInWords(bytes, i18n.language)

  if (step === 'choosing') return <PickSource onPick={sending.start} nothing={sending.nothing} />
  const share = Math.min(100, Math.round((100 * done) / Math.max(1, total)))
  return (
    <Surface>
      <div className={classes.what}>
        {folder ? (
          <IconFolder size={28} stroke={1.5} aria-hidden />
        ) : (
          <IconFileZip size={28} stroke={1.5} aria-hidden />
        )}
        <div>
          <strong>
            <bdi>{name}</bdi>
          </strong>
          <p className={classes.hint} role="status">
            {t(`import.step.${step}`)}
          </p>
        </div>
      </div>
      <ProblemAlert error={sending.error} />
      {step === 'failed' ? (
        <p>{t('import.sendFailed')}</p>
      ) : (
        <>
          <ProgressBar bare label={t(`import.step.${step}`)} completed={share} total={100} />
          <p className={classes.numbers}>{t('import.bytes', { done: size(done), total: size(total) })}</p>
        </>
      )}
      <Group gap="xs" justify="flex-end">
        <Button variant="default" onClick={sending.cancel}>
          {t('import.cancel')}
        </Button>
        {step === 'sending' ? (
          <Button variant="default" onClick={sending.pause}>
            {t('import.pause')}
          </Button>
        ) : null}
        {step === 'paused' || step === 'failed' ? <Button onClick={sending.resume}>{t('import.resume')}</Button> : null}
      </Group>
    </Surface>
  )
}
