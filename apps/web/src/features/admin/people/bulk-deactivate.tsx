import type { Person } from '@lyceum/user/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { useMe } from '../../../shell/session.ts'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast, showUndo } from '../../../ui/toast.ts'
import { useProblemWords } from '../../../ui/use-problem-words.ts'

interface Props {
  readonly selected: readonly Person[]
  readonly clear: () => void
}

/** Locks the accounts of the selected people, and unlocks them again when that was a mistake. */
export function BulkDeactivate({ selected, clear }: Props) {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const words = useProblemWords()
  const me = useMe()
  const [asking, setAsking] = useState(false)
  const people = selected.filter(({ id, status }) => id !== me.id && status !== 'deactivated')
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['listPeople'] })

  const reactivate = async (locked: readonly Person[]) => {
    const { refusal } = await whileSaving(oneByOne(locked, (userId) => api.user.reactivatePerson({ userId })))
    if (refusal !== undefined) showToast(words(refusal), { tone: 'bad' })
    await refresh()
  }
  const deactivate = async () => {
    const { done, refusal } = await whileSaving(oneByOne(people, (userId) => api.user.deactivatePerson({ userId })))
    clear()
    await refresh()
    if (done.length > 0)
      showUndo(t('people.deactivated', { count: done.length }), t('undo'), () => void reactivate(done))
    if (refusal !== undefined) showToast(words(refusal), { tone: 'bad' })
  }

  return (
    <>
      <Button variant="default" size="sm" disabled={people.length === 0} onClick={() => setAsking(true)}>
        {t('people.deactivate')}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('people.deactivateTitle', { count: people.length })}
        confirm={t('people.deactivate')}
        onConfirm={deactivate}
        danger
      >
        <p>{t('people.deactivateWords')}</p>
      </ConfirmDialog>
    </>
  )
}

/** Goes on after a refusal, which may concern one person only; the last one is told. */
async function oneByOne(people: readonly Person[], act: (userId: string) => Promise<Person>) {
  const done: Person[] = []
  let refusal: unknown
  for (const person of people) {
    try {
      await act(person.id)
      done.push(person)
    } catch (error) {
      refusal = error
    }
  }
  return { done, refusal }
}
