import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useParams, useSearchParams } from 'react-router'
import { query } from '../../api.ts'
import { path } from '../../path.ts'
import { Page } from '../../shell/page.tsx'
import { EarlierImports } from './import/earlier-imports.tsx'
import classes from './import/import.module.css'
import { ImportReview } from './import/import-review.tsx'
import { NewImport } from './import/new-import.tsx'

const PARAM = 'import'

/** A file of people becomes accounts and enrolments: of one course, or of the school. */
export default function PeopleImportPage() {
  const { t } = useTranslation('people')
  const { courseId } = useParams()
  const [search, setSearch] = useSearchParams()
  const importId = search.get(PARAM)
  const open = (id: string | null) => setSearch(id === null ? {} : { [PARAM]: id })
  const crumbs = useCrumbs(courseId)

  return (
    <Page
      title={t('peopleImport.title')}
      crumbs={crumbs}
      description={courseId === undefined ? t('peopleImport.wordsSchool') : t('peopleImport.wordsCourse')}
    >
      {importId === null ? (
        <div className={classes.stack}>
          <NewImport courseId={courseId} onChecked={open} />
          <EarlierImports courseId={courseId} onOpen={open} />
        </div>
      ) : (
        <ImportReview key={importId} importId={importId} onLeave={() => open(null)} />
      )}
    </Page>
  )
}

function useCrumbs(courseId: string | undefined) {
  const { t } = useTranslation('people')
  const home = useQuery({
    ...query('course', 'getCourseHome', { courseId: courseId ?? '' }),
    enabled: courseId !== undefined
  })
  if (courseId === undefined) return [{ label: t('peopleImport.people'), to: path.people() }]
  return [
    ...(home.data ? [{ label: home.data.course.title, to: path.course({ courseId }) }] : []),
    { label: t('coursePeople.title'), to: path.coursePeople({ courseId }) }
  ]
}
