import type { Tenant } from '@lyceum/user/contract'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { api } from '../../../api.ts'
import { useSchool } from '../../../shell/session.ts'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast } from '../../../ui/toast.ts'
import { useProblemWords } from '../../../ui/use-problem-words.ts'

/** Closes a school for everybody, or opens it again; nothing is deleted. */
export function SuspendButton({ school }: { readonly school: Static<typeof Tenant> }) {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const words = useProblemWords()
  const own = useSchool()
  const [asking, setAsking] = useState(false)
  const set = (status: 'active' | 'suspended') =>
    whileSaving(api.user.updateTenant({ tenantId: school.id, status }, { ifMatch: school.version }))
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['listTenants'] })
  const resume = useMutation({
    mutationFn: () => set('active'),
    onSuccess: () => showToast(t('operator.resumed', { name: school.name }), { tone: 'good' }),
    onError: (error) => showToast(words(error), { tone: 'bad' }),
    onSettled: refresh
  })
  if (school.status === 'suspended')
    return (
      <Button
        size="sm"
        variant="light"
        aria-label={t('operator.resumeNamed', { name: school.name })}
        loading={resume.isPending}
        onClick={() => resume.mutate()}
      >
        {t('operator.resume')}
      </Button>
    )
  if (school.id === own.id) return null
  return (
    <>
      <Button
        size="sm"
        variant="default"
        aria-label={t('operator.suspendNamed', { name: school.name })}
        onClick={() => setAsking(true)}
      >
        {t('operator.suspend')}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('operator.suspendTitle', { name: school.name })}
        confirm={t('operator.suspend')}
        onConfirm={async () => {
          await set('suspended')
          await refresh()
        }}
        danger
      >
        <p>{t('operator.suspendWords')}</p>
      </ConfirmDialog>
    </>
  )
}
