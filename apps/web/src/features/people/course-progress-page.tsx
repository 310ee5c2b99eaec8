import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useParams, useSearchParams } from 'react-router'
import { query } from '../../api.ts'
import { path } from '../../path.ts'
import { Page } from '../../shell/page.tsx'
import { Choice } from '../../ui/choice.tsx'
import { ItemReport } from './progress/item-report.tsx'
import { LearnerReport } from './progress/learner-report.tsx'
import classes from './progress/progress.module.css'

/** How far everybody is: learner by learner, or item by item. */
export default function CourseProgressPage() {
  const { t } = useTranslation('people')
  const { courseId = '' } = useParams()
  const [search, setSearch] = useSearchParams()
  const view = search.get('by') === 'item' ? 'item' : 'learner'
  const home = useQuery(query('course', 'getCourseHome', { courseId }))
  return (
    <Page
      title={t('courseProgress.title')}
      crumbs={home.data ? [{ label: home.data.course.title, to: path.course({ courseId }) }] : []}
      description={t('courseProgress.words')}
    >
      <div className={classes.views}>
        <Choice
          label={t('courseProgress.view')}
          value={view}
          options={[
            { value: 'learner', label: t('courseProgress.byLearner') },
            { value: 'item', label: t('courseProgress.byItem') }
          ]}
          onChoose={(value) => setSearch(value === 'item' ? { by: 'item' } : {}, { replace: true })}
        />
      </div>
      {view === 'item' ? <ItemReport courseId={courseId} /> : <LearnerReport courseId={courseId} />}
    </Page>
  )
}
