import { Button, Textarea, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast } from '../../../ui/toast.ts'
import { useSubmit } from '../../../ui/use-submit.ts'
import { hostsIn, slugOf } from './hosts.ts'
import classes from './operator.module.css'

const fields = ['name', 'slug', 'hosts', 'administratorName', 'administratorEmail'] as const

/** A school and the person who takes it over. */
export function NewSchoolDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const [slug, setSlug] = useState('')
  const [slugTyped, setSlugTyped] = useState(false)
  const { onSubmit, pending, error, fieldError } = useSubmit(
    async (given) => {
      const { administratorEmail = '', administratorName = '', hosts = '', name = '' } = given
      await whileSaving(
        api.user.createTenant({
          name: name.trim(),
          slug,
          hosts: hostsIn(hosts),
          administratorName: administratorName.trim(),
          administratorEmail: administratorEmail.trim()
        })
      )
      showToast(t('operator.made', { name, email: administratorEmail }), { tone: 'good' })
      await queryClient.invalidateQueries({ queryKey: ['listTenants'] })
      onClose()
    },
    ({ hosts = '' }) => ({
      slug: /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(slug) ? undefined : t('operator.slugRule'),
      hosts: hostsIn(hosts).length > 0 ? undefined : t('operator.hostNeeded')
    })
  )
  const fault = (name: (typeof fields)[number]) =>
    fieldError(name) ?? (name === 'hosts' ? fieldError('hosts.0') : undefined)
  return (
    <Dialog opened onClose={onClose} title={t('operator.add')}>
      <form onSubmit={onSubmit} className={classes.fields}>
        <ProblemAlert error={error} fields={fields} />
        <TextInput
          name="name"
          label={t('operator.name')}
          required
          withAsterisk={false}
          maxLength={120}
          data-autofocus
          onChange={(event) => (slugTyped ? undefined : setSlug(slugOf(event.currentTarget.value)))}
          error={fault('name')}
        />
        <TextInput
          name="slug"
          label={t('operator.slug')}
          description={t('operator.slugHint')}
          value={slug}
          dir="ltr"
          maxLength={40}
          onChange={(event) => {
            setSlugTyped(true)
            setSlug(event.currentTarget.value)
          }}
          error={fault('slug')}
        />
        <Textarea
          name="hosts"
          label={t('operator.hosts')}
          description={t('operator.hostsHint')}
          placeholder="learn.example.org"
          rows={2}
          dir="ltr"
          spellCheck={false}
          error={fault('hosts')}
        />
        <TextInput
          name="administratorName"
          label={t('operator.administratorName')}
          required
          withAsterisk={false}
          maxLength={200}
          error={fault('administratorName')}
        />
        <TextInput
          name="administratorEmail"
          type="email"
          label={t('operator.administratorEmail')}
          description={t('operator.administratorHint')}
          required
          withAsterisk={false}
          dir="ltr"
          maxLength={254}
          error={fault('administratorEmail')}
        />
        <div className={classes.end}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={pending}>
            {t('operator.make')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
