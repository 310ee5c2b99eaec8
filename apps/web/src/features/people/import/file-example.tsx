import { Button } from '@mantine/core'
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs'
import { useTranslation } from 'react-i18next'
import { downloadCsv } from '../../../ui/csv.ts'
import { Surface } from '../../../ui/surface.tsx'
import classes from './import.module.css'

/** What the server calls the columns; not words of the screen. */
const header = ['name', 'email', 'role', 'course']
const examples = [
  ['Amina Haddad', 'amina@school.example', 'learner', 'BIO-101'],
  ['Zoë Müller', 'zoe@school.example', 'teacher', 'BIO-101'],
  ['Пётр Иванов', 'petr@school.example', '', '']
]

/** How a file must look, and one to start from. */
export function FileExample({ withCourse }: { readonly withCourse: boolean }) {
  const { t } = useTranslation('people')
  const width = withCourse ? header.length : header.length - 1
  const [columns, ...rows] = [header, ...examples].map((row) => row.slice(0, width))
  return (
    <Surface title={t('peopleImport.format')}>
      <table className={classes.example} dir="ltr" aria-label={t('peopleImport.example')}>
        <thead>
          <tr>
            {columns?.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row[1]}>
              {row.map((cell, place) => (
                <td key={columns?.[place]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <dl className={classes.terms}>
        <div>
          <dt>email</dt>
          <dd>{t('peopleImport.about.email')}</dd>
        </div>
        <div>
          <dt>name</dt>
          <dd>{t('peopleImport.about.name')}</dd>
        </div>
        <div>
          <dt>role</dt>
          <dd>{t('peopleImport.about.role')}</dd>
        </div>
        {withCourse ? (
          <div>
            <dt>course</dt>
            <dd>{t('peopleImport.about.course')}</dd>
          </div>
        ) : null}
      </dl>
      <Button
        variant="default"
        leftSection={<IconDownload size={18} aria-hidden />}
        onClick={() => downloadCsv(`${t('peopleImport.templateName')}.csv`, [columns ?? [], ...rows])}
      >
        {t('peopleImport.template')}
      </Button>
    </Surface>
  )
}
