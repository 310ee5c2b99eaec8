import type { IdentityProvider } from '@lyceum/user/contract'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { api } from '../../../api.ts'
import { schoolQuery } from '../../../shell/session.ts'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { isStale, StaleNotice } from '../stale-notice.tsx'
import { ProviderSettings } from './provider-settings.tsx'
import classes from './providers.module.css'

type Provider = Static<typeof IdentityProvider>

/** One provider: what it is, whether people can use it now. */
export function ProviderCard({ provider }: { readonly provider: Provider }) {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [editing, setEditing] = useState(false)
  const { id: providerId, name, kind, enabled, version } = provider
  const refresh = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: ['listIdentityProviders'] }),
      queryClient.invalidateQueries({ queryKey: schoolQuery.queryKey })
    ])
  const toggle = useMutation({
    mutationFn: () =>
      whileSaving(api.user.updateIdentityProvider({ providerId, enabled: !enabled }, { ifMatch: version })),
    onSuccess: refresh
  })
  const load = () => {
    toggle.reset()
    void refresh()
  }
  return (
    <section className={classes.card} aria-label={name}>
      <StaleNotice error={toggle.error} onLoad={load} />
      {isStale(toggle.error) ? null : <ProblemAlert error={toggle.error} />}
      <div className={classes.head}>
        <div>
          <h2 className={classes.name}>
            <bdi>{name}</bdi>
          </h2>
          <p className={classes.quiet}>{t(`providers.kinds.${kind}`)}</p>
        </div>
        {enabled ? (
          <StatusPill status="active" label={t('providers.on')} />
        ) : (
          <StatusPill status="deactivated" label={t('providers.off')} />
        )}
      </div>
      <dl className={classes.facts}>
        {kind === 'oidc' ? (
          <>
            <dt>{t('providers.issuer')}</dt>
            <dd dir="ltr">{provider.issuer}</dd>
            <dt>{t('providers.clientId')}</dt>
            <dd dir="ltr">{provider.clientId}</dd>
            <dt>{t('providers.clientSecret')}</dt>
            <dd>{provider.hasClientSecret ? t('providers.secretKept') : t('providers.noSecret')}</dd>
          </>
        ) : (
          <>
            <dt>{t('providers.projectId')}</dt>
            <dd dir="ltr">{provider.projectId}</dd>
          </>
        )}
        <dt>{t('providers.unknownPeople')}</dt>
        <dd>{provider.createAccounts ? t('providers.becomeLearners') : t('providers.areRefused')}</dd>
      </dl>
      <div className={classes.buttons}>
        <Button variant="default" loading={toggle.isPending} onClick={() => toggle.mutate()}>
          {enabled ? t('providers.turnOff') : t('providers.turnOn')}
        </Button>
        <Button variant="default" onClick={() => setEditing(true)}>
          {t('providers.edit')}
        </Button>
        <Button variant="subtle" color="danger" onClick={() => setAsking(true)}>
          {t('providers.remove')}
        </Button>
      </div>
      {editing ? <ProviderSettings provider={provider} onClose={() => setEditing(false)} onSaved={refresh} /> : null}
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('providers.removeTitle', { name })}
        confirm={t('providers.remove')}
        onConfirm={async () => {
          await whileSaving(api.user.deleteIdentityProvider({ providerId }))
          await refresh()
        }}
        danger
      >
        <p>{t('providers.removeWords')}</p>
      </ConfirmDialog>
    </section>
  )
}
