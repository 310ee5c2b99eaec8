import type { CourseImport } from '@lyceum/course/contract'
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs'
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs'
import IconLoader2 from '@tabler/icons-react/dist/esm/icons/IconLoader2.mjs'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { query } from '../../../api.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Loading } from '../../../ui/loading.tsx'
import { Surface } from '../../../ui/surface.tsx'
import classes from './import.module.css'
import { ImportFailure } from './import-failure.tsx'
import { ImportReport } from './import-report.tsx'

const POLL_MS = 1_000
const STEPS = ['waiting', 'reading', 'storing'] as const
const ORDER: readonly string[] = STEPS

interface Props {
  readonly importId: string
  readonly onAgain: () => void
}

/** Follows an import until it is a course or has failed. */
export function ImportProgress({ importId, onAgain }: Props) {
  const queryClient = useQueryClient()
  const { data, error, refetch } = useQuery({
    ...query('course', 'getCourseImport', { importId }),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : POLL_MS)
  })
  const done = data?.state === 'done'
  useEffect(() => {
    if (!done) return
    void queryClient.invalidateQueries({ queryKey: ['listCourses'] })
    void queryClient.invalidateQueries({ queryKey: ['getDashboard'] })
  }, [done, queryClient])

  // A poll that failed is tried again by itself; what is known stays on the screen.
  if (!data)
    return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Loading shape="rows" count={3} />
  if (data.state === 'done') return <ImportReport courseImport={data} onAgain={onAgain} />
  if (data.state === 'failed') return <ImportFailure courseImport={data} onAgain={onAgain} />
  return <Steps courseImport={data} />
}

function Steps({ courseImport }: { readonly courseImport: CourseImport }) {
  const { t } = useTranslation('teach')
  const at = ORDER.indexOf(courseImport.state)
  return (
    <Surface title={<bdi>{courseImport.fileName}</bdi>}>
      <ol className={classes.steps} role="status">
        {STEPS.map((step, index) => {
          const state = index < at ? 'done' : index === at ? 'now' : 'later'
          const Icon = { done: IconCircleCheck, now: IconLoader2, later: IconCircleDashed }[state]
          return (
            <li key={step} data-state={state} {...(state === 'now' ? { 'aria-current': 'step' } : {})}>
              <Icon size={22} aria-hidden />
              {t(`import.state.${step}`)}
            </li>
          )
        })}
      </ol>
      {courseImport.items > 0 ? (
        <p className={classes.numbers}>
          {[
            t('import.units', { count: courseImport.units }),
            t('import.items', { count: courseImport.items }),
            t('import.assets', { count: courseImport.assets })
          ].join(' · ')}
        </p>
      ) : null}
      {courseImport.error ? <p role="alert">{t('import.delayed', { reason: courseImport.error.message })}</p> : null}
      <p className={classes.hint}>{t('import.mayLeave')}</p>
    </Surface>
  )
}

const isOver = (data: CourseImport | undefined): boolean => data?.state === 'done' || data?.state === 'failed'
