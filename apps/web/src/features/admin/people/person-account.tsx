import type { Person } from '@lyceum/user/contract'
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { useMe } from '../../../shell/session.ts'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { Surface } from '../../../ui/surface.tsx'
import { showToast } from '../../../ui/toast.ts'
import classes from './people.module.css'

interface Props {
  readonly person: Person
  readonly onChanged: (person: Person) => Promise<void>
}

/** Whether the account works: invite again, lock, unlock. */
export function PersonAccount({ person, onChanged }: Props) {
  const { t } = useTranslation('admin')
  const me = useMe()
  const [asking, setAsking] = useState(false)
  const { id: userId, name, email, status } = person
  const reactivate = useMutation({
    mutationFn: () => whileSaving(api.user.reactivatePerson({ userId })),
    onSuccess: onChanged
  })
  const invite = useMutation({
    mutationFn: () => whileSaving(api.user.resendInvitation({ userId })),
    onSuccess: () => showToast(t('invite.sent', { email }), { tone: 'good' })
  })
  return (
    <Surface title={t('person.account')} description={t(`person.state.${status}`)}>
      <ProblemAlert error={reactivate.error ?? invite.error} />
      <div className={`${classes.buttons} ${classes.start}`}>
        {status === 'invited' ? (
          <Button variant="light" loading={invite.isPending} onClick={() => invite.mutate()}>
            {t('person.inviteAgain')}
          </Button>
        ) : null}
        {status === 'deactivated' ? (
          <Button variant="light" loading={reactivate.isPending} onClick={() => reactivate.mutate()}>
            {t('person.reactivate')}
          </Button>
        ) : userId === me.id ? (
          <p>{t('person.yourself')}</p>
        ) : (
          <Button variant="default" onClick={() => setAsking(true)}>
            {t('people.deactivate')}
          </Button>
        )}
      </div>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('person.deactivateTitle', { name })}
        confirm={t('people.deactivate')}
        onConfirm={async () => onChanged(await whileSaving(api.user.deactivatePerson({ userId })))}
        danger
      >
        <p>{t('people.deactivateWords')}</p>
      </ConfirmDialog>
    </Surface>
  )
}
