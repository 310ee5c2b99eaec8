import type { PeopleImport } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, query } from '../../../api.ts'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import classes from './import.module.css'
import { ImportOutcomes } from './import-outcomes.tsx'

interface Props {
  readonly run: PeopleImport
  readonly leave: ReactNode
}

/** Import, or take the import back; both are asked about with what exactly will happen. */
export function ImportActions({ run, leave }: Props) {
  const { t } = useTranslation('people')
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState<'commit' | 'undo'>()
  const { id: importId, state, counts } = run
  const todo = counts.create + counts.enrol
  const keep = (changed: PeopleImport) =>
    queryClient.setQueryData(query('course', 'getPeopleImport', { importId }).queryKey, changed)
  const mayCommit = (state === 'checked' || state === 'failed') && todo > 0
  const mayUndo = (state === 'committed' || state === 'failed') && counts.done > 0
  return (
    <div className={classes.buttons}>
      {leave}
      {mayUndo ? (
        <Button variant="default" onClick={() => setAsking('undo')}>
          {t('peopleImport.undo')}
        </Button>
      ) : null}
      {mayCommit ? (
        <Button onClick={() => setAsking('commit')}>
          {state === 'failed' ? t('peopleImport.goOn') : t('peopleImport.commit', { count: todo })}
        </Button>
      ) : null}
      {state === 'checked' && todo === 0 ? (
        <span className={classes.quiet}>{t('peopleImport.nothingToDo')}</span>
      ) : null}
      <ConfirmDialog
        opened={asking === 'commit'}
        onClose={() => setAsking(undefined)}
        title={t('peopleImport.commitTitle')}
        confirm={t('peopleImport.commit', { count: todo })}
        onConfirm={async () => keep(await api.course.commitPeopleImport({ importId }))}
      >
        <ImportOutcomes run={run} />
        <p>{t('peopleImport.commitWords')}</p>
      </ConfirmDialog>
      <ConfirmDialog
        opened={asking === 'undo'}
        onClose={() => setAsking(undefined)}
        title={t('peopleImport.undoTitle')}
        confirm={t('peopleImport.undo')}
        onConfirm={async () => keep(await api.course.undoPeopleImport({ importId }))}
        danger
      >
        <p>{t('peopleImport.undoWords')}</p>
      </ConfirmDialog>
    </div>
  )
}
