import type { CourseImport } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs'
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { downloadCsv } from '../../../ui/csv.ts'
import { Surface } from '../../../ui/surface.tsx'
import classes from './import.module.css'
import { groupWarnings, type WarningGroup } from './warning-groups.ts'

interface Props {
  readonly courseImport: CourseImport
  readonly onAgain: () => void
}

/** What came of an import: numbers, and everything that was noticed on the way. */
export function ImportReport({ courseImport, onAgain }: Props) {
  const { t } = useTranslation('teach')
  const { courseId, fileName, warnings } = courseImport
  const groups = groupWarnings(warnings)
  const numbers = [
    { label: t('import.unitsWord', { count: courseImport.units }), value: courseImport.units },
    { label: t('import.itemsWord', { count: courseImport.items }), value: courseImport.items },
    { label: t('import.assetsWord', { count: courseImport.assets }), value: courseImport.assets }
  ]
  const save = () =>
    downloadCsv('import-report.csv', [
      [t('import.column.file'), t('import.column.kind'), t('import.column.message')],
      ...warnings.map((warning) => [warning.path ?? '', warning.code, warning.message])
    ])
  return (
    <>
      <Surface>
        <div className={classes.success} role="status">
          <IconCircleCheck size={40} stroke={1.4} aria-hidden />
          <h2>{t('import.done')}</h2>
          <p>
            <bdi>{fileName}</bdi>
          </p>
        </div>
        <dl className={classes.counts}>
          {numbers.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <div className={classes.buttons}>
          <Button variant="default" onClick={onAgain}>
            {t('import.another')}
          </Button>
          {courseId ? (
            <Button component={Link} to={path.courseEdit({ courseId })}>
              {t('import.open')}
            </Button>
          ) : null}
        </div>
      </Surface>
      {groups.length > 0 ? (
        <section className={classes.warnings} aria-labelledby="import-noticed">
          <div className={classes.warningsHead}>
            <h2 id="import-noticed">{t('import.noticed', { count: warnings.length })}</h2>
            <Button variant="subtle" size="sm" leftSection={<IconDownload size={18} aria-hidden />} onClick={save}>
              {t('import.save')}
            </Button>
          </div>
          <p className={classes.hint}>{t('import.noticedWords')}</p>
          {groups.map((group) => (
            <Group key={group.code} group={group} open={groups.length === 1 || group.count < 6} />
          ))}
        </section>
      ) : (
        <p className={classes.clean}>{t('import.clean')}</p>
      )}
    </>
  )
}

function Group({ group, open }: { readonly group: WarningGroup; readonly open: boolean }) {
  const { t } = useTranslation('teach')
  return (
    <details className={classes.group} open={open}>
      <summary>
        <span>{titleOf(group.code) ?? t('import.otherWarning')}</span>
        <span className={classes.count}>{group.count}</span>
      </summary>
      <ul>
        {group.files.map(({ path: file, messages }) => (
          <li key={file}>
            {file ? (
              <code dir="ltr">
                <bdi>{file}</bdi>
              </code>
            ) : null}
            <ul>
              {/* The same sentence may be said of two places in a file. */}
              {[...new Set(messages)].map((message) => (
                <li key={message} dir="auto">
                  {message}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Codes come from the server; whether there are words for one is known only now. */
function titleOf(code: string): string | undefined {
  const key = `import.warning.${code.replace('course-import.', '')}`
  return i18next.exists(key, { ns: 'teach' })
    ? i18next.getFixedT(null, 'teach')(key as 'import.warning.link-broken')
    : undefined
}
