import type { EnrolmentRole } from '@lyceum/course/contract'
import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { isRole, useRoleOptions } from '../role-options.ts'
import { LearnerPicker } from '../roster/learner-picker.tsx'
import classes from './add-people.module.css'
import { AddressChips } from './address-chips.tsx'
import { type Addressee, parseAddresses } from './addresses.ts'
import { enrolInParts } from './enrol-in-parts.ts'
import { EnrolSummary } from './enrol-summary.tsx'

interface Props {
  readonly courseId: string
  readonly onDone: () => void
}

/** Paste any list of addresses, look at what was understood, enrol; unknown people are invited. */
export function AddByEmail({ courseId, onDone }: Props) {
  const { t } = useTranslation('people')
  const queryClient = useQueryClient()
  const options = useRoleOptions()
  const [text, setText] = useState('')
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [role, setRole] = useState<EnrolmentRole>('learner')
  const [observes, setObserves] = useState<readonly string[]>([])
  const people = parseAddresses(text).filter(({ email }) => !left.has(email))
  const valid = people.filter((person) => person.valid)
  const wrong = people.length - valid.length
  const enrol = useMutation({
    mutationFn: () => whileSaving(enrolInParts({ courseId, role, people: valid, observes })),
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ['listEnrolments'] }),
        queryClient.invalidateQueries({ queryKey: ['listPeople'] })
      ])
  })
  const leaveOut = ({ email }: Addressee) => setLeft((before) => new Set([...before, email]))

  if (enrol.data)
    return (
      <EnrolSummary
        result={enrol.data}
        onMore={() => {
          enrol.reset()
          setText('')
        }}
        onDone={onDone}
      />
    )
  return (
    <form
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault()
        if (valid.length > 0) enrol.mutate()
      }}
    >
      <ProblemAlert error={enrol.error} />
      <Textarea
        label={t('addPeople.addresses')}
        description={t('addPeople.addressesHint')}
        autosize={false}
        rows={4}
        dir="auto"
        data-autofocus
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setLeft(new Set())
        }}
      />
      <AddressChips people={people} onRemove={leaveOut} />
      {people.length > 0 ? (
        <p className={classes.count} role="status">
          {t('addPeople.count', { count: valid.length })}
          {wrong > 0 ? ` ${t('addPeople.wrong', { count: wrong })}` : ''}
        </p>
      ) : null}
      <NativeSelect
        label={t('coursePeople.roleInCourse')}
        description={t(`addPeople.may.${role}`)}
        data={options}
        value={role}
        onChange={(event) => {
          const { value } = event.currentTarget
          if (isRole(value)) setRole(value)
        }}
      />
      {role === 'observer' ? <LearnerPicker courseId={courseId} chosen={observes} onChange={setObserves} /> : null}
      <div className={classes.buttons}>
        <Button type="submit" loading={enrol.isPending} disabled={valid.length === 0}>
          {valid.length === 0 ? t('addPeople.enrol') : t('addPeople.enrolCount', { count: valid.length })}
        </Button>
      </div>
    </form>
  )
}
