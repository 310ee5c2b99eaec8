import type { PeopleImport } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { query } from '../../../api.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Loading } from '../../../ui/loading.tsx'
import { ProgressBar } from '../../../ui/progress.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { Surface } from '../../../ui/surface.tsx'
import classes from './import.module.css'
import { ImportActions } from './import-actions.tsx'
import { ImportOutcomes } from './import-outcomes.tsx'
import { ImportRows } from './import-rows.tsx'
import { ImportStatePill, isBusy } from './import-state-pill.tsx'

const POLL_MS = 1000

interface Props {
  readonly importId: string
  readonly onLeave: () => void
}

/** One import, from its check to its undoing; the address names it, so a reload comes back to it. */
export function ImportReview({ importId, onLeave }: Props) {
  const { t } = useTranslation('people')
  const found = useQuery({
    ...query('course', 'getPeopleImport', { importId }),
    refetchInterval: ({ state }) => (state.data && isBusy(state.data.state) ? POLL_MS : false)
  })
  useNews(found.data)
  const leave = (
    <Button variant="default" onClick={onLeave}>
      {t('peopleImport.another')}
    </Button>
  )
  if (found.data === undefined)
    return found.error ? (
      <ErrorState error={found.error} onRetry={() => void found.refetch()} action={leave} />
    ) : (
      <Loading shape="page" />
    )
  const run = found.data
  return (
    <div className={classes.stack}>
      <Surface title={<bdi>{run.fileName}</bdi>}>
        <p className={classes.facts}>
          <ImportStatePill state={run.state} />
          <RelativeTime at={run.createdAt} show="both" />
          {run.createdBy ? <bdi>{run.createdBy}</bdi> : null}
        </p>
        {run.message && run.state !== 'undone' ? <p role="alert">{run.message}</p> : null}
        {isBusy(run.state) ? <Working run={run} /> : <ImportOutcomes run={run} />}
        <ImportActions run={run} leave={leave} />
      </Surface>
      <ImportRows run={run} />
    </div>
  )
}

function Working({ run: { state, counts } }: { readonly run: PeopleImport }) {
  const { t } = useTranslation('people')
  const todo = counts.create + counts.enrol
  const label = t(`peopleImport.working.${state === 'undoing' ? 'undoing' : 'committing'}`)
  return (
    <div role="status">
      <p>{label}</p>
      {state === 'committing' ? (
        <ProgressBar label={label} completed={counts.done} total={counts.done + todo} />
      ) : (
        <ProgressBar
          label={label}
          completed={counts.rows - counts.errors - counts.done}
          total={counts.rows - counts.errors}
        />
      )}
      <p className={classes.quiet}>{t('peopleImport.mayLeave')}</p>
    </div>
  )
}

/** Lists that an import changes are old as soon as it has changed its state. */
function useNews(run: PeopleImport | undefined): void {
  const queryClient = useQueryClient()
  const before = useRef(run?.state)
  useEffect(() => {
    if (run === undefined || before.current === run.state) return
    if (before.current !== undefined)
      for (const key of ['listPeopleImportRows', 'listPeopleImports', 'listEnrolments', 'listPeople'])
        void queryClient.invalidateQueries({ queryKey: [key] })
    before.current = run.state
  }, [run, queryClient])
}
