import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { useSubmit } from '../../../ui/use-submit.ts'
import { rolesByLink, useRoleOptions } from '../role-options.ts'
import classes from './add-people.module.css'

interface Props {
  readonly courseId: string
  readonly onMade: () => Promise<void>
}

const DAY_MS = 24 * 60 * 60 * 1000
const lifetimes = ['', '1', '7', '30', '180'] as const

/** Role, how long, how often; then the link is there to be copied. */
export function NewJoinLink({ courseId, onMade }: Props) {
  const { t } = useTranslation('people')
  const options = useRoleOptions(rolesByLink)
  const { onSubmit, pending, error, fieldError } = useSubmit(
    async ({ role = '', days = '', maxUses = '' }) => {
      const given = rolesByLink.find((one) => one === role) ?? 'learner'
      await whileSaving(
        api.course.createJoinLink({
          courseId,
          role: given,
          expiresAt: days === '' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString(),
          maxUses: maxUses.trim() === '' ? null : Number(maxUses)
        })
      )
      await onMade()
    },
    ({ maxUses = '' }) => ({
      maxUses: maxUses.trim() === '' || /^[1-9]\d{0,4}$/.test(maxUses.trim()) ? undefined : t('joinLink.notANumber')
    })
  )
  return (
    <form onSubmit={onSubmit} className={classes.stack} noValidate>
      <ProblemAlert error={error} fields={['role', 'expiresAt', 'maxUses']} />
      <div className={classes.fields}>
        <NativeSelect name="role" label={t('joinLink.role')} data={options} error={fieldError('role')} />
        <NativeSelect
          name="days"
          label={t('joinLink.lasts')}
          defaultValue="30"
          data={lifetimes.map((days) => ({
            value: days,
            label: days === '' ? t('joinLink.noEnd') : t('joinLink.days', { count: Number(days) })
          }))}
          error={fieldError('expiresAt')}
        />
        <TextInput
          name="maxUses"
          label={t('joinLink.maxUses')}
          placeholder={t('joinLink.unlimited')}
          inputMode="numeric"
          error={fieldError('maxUses')}
        />
      </div>
      <div>
        <Button type="submit" variant="light" loading={pending}>
          {t('joinLink.make')}
        </Button>
      </div>
    </form>
  )
}
