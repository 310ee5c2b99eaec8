import { Button } from '@mantine/core'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { query } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProviderCard } from './providers/provider-card.tsx'
import { ProviderWizard } from './providers/provider-wizard.tsx'
import classes from './providers/providers.module.css'

/** Signing in with accounts that people have elsewhere. */
export default function SignInProvidersPage() {
  const { t } = useTranslation('admin')
  const [adding, setAdding] = useState(false)
  const list = useQuery(query('user', 'listIdentityProviders', {}))
  const add = (
    <Button leftSection={<IconPlus size={20} aria-hidden />} onClick={() => setAdding(true)}>
      {t('providers.add')}
    </Button>
  )
  return (
    <Page title={t('signInProviders.title')} description={t('providers.words')} actions={add} width="form">
      {list.data === undefined ? (
        list.error ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : (
          <Loading shape="rows" count={2} />
        )
      ) : list.data.entries.length === 0 ? (
        <EmptyState>{t('providers.none')}</EmptyState>
      ) : (
        <ul className={classes.list} aria-label={t('signInProviders.title')}>
          {list.data.entries.map((provider) => (
            <li key={provider.id}>
              <ProviderCard provider={provider} />
            </li>
          ))}
        </ul>
      )}
      {adding ? <ProviderWizard onClose={() => setAdding(false)} /> : null}
    </Page>
  )
}
