import type { IdentityProvider } from '@lyceum/user/contract'
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { api } from '../../../api.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { useSubmit } from '../../../ui/use-submit.ts'
import { isStale, StaleNotice } from '../stale-notice.tsx'
import classes from './providers.module.css'

interface Props {
  readonly provider: Static<typeof IdentityProvider>
  readonly onClose: () => void
  readonly onSaved: () => Promise<unknown>
}

/** What may change of a provider; for another issuer one makes another provider. */
export function ProviderSettings({ provider, onClose, onSaved }: Props) {
  const { t } = useTranslation('admin')
  const oidc = provider.kind === 'oidc'
  const { onSubmit, pending, error, fieldError } = useSubmit(
    async ({ name = '', clientId = '', clientSecret = '', createAccounts }) => {
      await whileSaving(
        api.user.updateIdentityProvider(
          {
            providerId: provider.id,
            name: name.trim(),
            createAccounts: createAccounts === 'on',
            ...(oidc ? { clientId: clientId.trim() } : {}),
            ...(clientSecret ? { clientSecret } : {})
          },
          { ifMatch: provider.version }
        )
      )
      await onSaved()
      onClose()
    }
  )
  const load = () => {
    void onSaved()
    onClose()
  }
  return (
    <Dialog opened onClose={onClose} title={t('providers.edit')}>
      <form onSubmit={onSubmit} className={classes.fields}>
        <StaleNotice error={error} onLoad={load} />
        {isStale(error) ? null : <ProblemAlert error={error} fields={['name', 'clientId', 'clientSecret']} />}
        <TextInput
          name="name"
          label={t('providers.name')}
          required
          withAsterisk={false}
          maxLength={80}
          defaultValue={provider.name}
          error={fieldError('name')}
        />
        {oidc ? (
          <>
            <TextInput
              name="clientId"
              label={t('providers.clientId')}
              dir="ltr"
              required
              withAsterisk={false}
              defaultValue={provider.clientId ?? ''}
              error={fieldError('clientId')}
            />
            <PasswordInput
              name="clientSecret"
              label={t('providers.newSecret')}
              description={t('providers.newSecretHint')}
              autoComplete="off"
              error={fieldError('clientSecret')}
            />
          </>
        ) : null}
        <Checkbox
          name="createAccounts"
          label={t('providers.createAccounts')}
          description={t('providers.createAccountsHint')}
          defaultChecked={provider.createAccounts}
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
