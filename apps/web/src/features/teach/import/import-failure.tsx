import type { CourseImport } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconFileAlert from '@tabler/icons-react/dist/esm/icons/IconFileAlert.mjs'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import { Surface } from '../../../ui/surface.tsx'
import classes from './import.module.css'

interface Props {
  readonly courseImport: CourseImport
  readonly onAgain: () => void
}

/** An import that could not become a course: why, what to do, a code to quote. */
export function ImportFailure({ courseImport, onAgain }: Props) {
  const { t } = useTranslation('teach')
  const { error, fileName } = courseImport
  return (
    <Surface>
      <div className={classes.failure} role="alert">
        <IconFileAlert size={40} stroke={1.4} aria-hidden />
        <h2>{t('import.failed')}</h2>
        <p>
          <bdi>{fileName}</bdi>
        </p>
        <p>{adviceFor(error?.code) ?? error?.message ?? t('import.failedUnknown')}</p>
        <p className={classes.hint}>{t('import.nothingMade')}</p>
        <Button onClick={onAgain}>{t('import.again')}</Button>
        <p className={classes.hint}>
          {t('import.quote')} <code dir="ltr">{[error?.code, courseImport.id].filter(Boolean).join(' · ')}</code>
        </p>
      </div>
    </Surface>
  )
}

/** Codes come from the server; whether there are words for one is known only now. */
function adviceFor(code: string | undefined): string | undefined {
  const key = `import.advice.${code?.replace('course-import.', '')}`
  return code && i18next.exists(key, { ns: 'teach' })
    ? i18next.getFixedT(null, 'teach')(key as 'import.advice.no-pages')
    : undefined
}
