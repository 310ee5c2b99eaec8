import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast } from '../../../ui/toast.ts'
import { useSubmit } from '../../../ui/use-submit.ts'
import { roleOf, useRoleOptions } from '../roles.ts'
import classes from './people.module.css'

/** One person, invited by e-mail. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const options = useRoleOptions()
  const { onSubmit, pending, error, fieldError } = useSubmit(async ({ name = '', email = '', role }) => {
    const person = await whileSaving(
      api.user.invitePerson({ name: name.trim(), email: email.trim(), role: roleOf(role) ?? 'learner' })
    )
    showToast(t('invite.sent', { email: person.email }), { tone: 'good' })
    await queryClient.invalidateQueries({ queryKey: ['listPeople'] })
    onClose()
  })
  return (
    <Dialog opened onClose={onClose} title={t('invite.title')}>
      <form onSubmit={onSubmit} className={classes.fields}>
        <ProblemAlert error={error} fields={['name', 'email', 'role']} />
        <TextInput
          name="name"
          label={t('people.name')}
          required
          withAsterisk={false}
          maxLength={200}
          autoComplete="off"
          data-autofocus
          error={fieldError('name')}
        />
        <TextInput
          name="email"
          type="email"
          label={t('people.email')}
          description={t('invite.emailHint')}
          required
          withAsterisk={false}
          maxLength={254}
          dir="ltr"
          autoComplete="off"
          error={fieldError('email')}
        />
        <NativeSelect
          name="role"
          label={t('people.role')}
          description={t('invite.roleHint')}
          defaultValue="learner"
          data={options}
          error={fieldError('role')}
        />
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={pending}>
            {t('invite.send')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
