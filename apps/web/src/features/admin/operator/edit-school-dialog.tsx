import type { Tenant } from '@lyceum/user/contract'
import { Button, Textarea, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { api } from '../../../api.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast } from '../../../ui/toast.ts'
import { useSubmit } from '../../../ui/use-submit.ts'
import { isStale, StaleNotice } from '../stale-notice.tsx'
import { hostsIn } from './hosts.ts'
import classes from './operator.module.css'

interface Props {
  readonly school: Static<typeof Tenant>
  readonly onClose: () => void
}

/** Name and hosts. A host that is taken away stops leading to the school at once. */
export function EditSchoolDialog({ school, onClose }: Props) {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['listTenants'] })
  const { onSubmit, pending, error, fieldError } = useSubmit(
    async ({ name = '', hosts = '' }) => {
      await whileSaving(
        api.user.updateTenant(
          { tenantId: school.id, name: name.trim(), hosts: hostsIn(hosts) },
          { ifMatch: school.version }
        )
      )
      showToast(t('saved'), { tone: 'good' })
      await refresh()
      onClose()
    },
    ({ hosts = '' }) => ({ hosts: hostsIn(hosts).length > 0 ? undefined : t('operator.hostNeeded') })
  )
  const load = () => {
    void refresh()
    onClose()
  }
  return (
    <Dialog opened onClose={onClose} title={<bdi>{school.name}</bdi>}>
      <form onSubmit={onSubmit} className={classes.fields}>
        <StaleNotice error={error} onLoad={load} />
        {isStale(error) ? null : <ProblemAlert error={error} fields={['name', 'hosts']} />}
        <TextInput
          name="name"
          label={t('operator.name')}
          required
          withAsterisk={false}
          maxLength={120}
          defaultValue={school.name}
          data-autofocus
          error={fieldError('name')}
        />
        <Textarea
          name="hosts"
          label={t('operator.hosts')}
          description={t('operator.hostsEditHint')}
          defaultValue={school.hosts.join('\n')}
          rows={Math.max(2, school.hosts.length + 1)}
          dir="ltr"
          spellCheck={false}
          error={fieldError('hosts')}
        />
        <div className={classes.end}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={pending}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
