import type { IdentityProvider } from '@lyceum/user/contract'
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { api } from '../../../api.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { useSubmit } from '../../../ui/use-submit.ts'
import classes from './providers.module.css'

interface Props {
  readonly kind: Static<typeof IdentityProvider>['kind']
  readonly onBack: () => void
  readonly onMade: () => Promise<void>
}

/** What we want to know of the provider; the server reads its metadata and says at which field something is wrong. */
export function ProviderForm({ kind, onBack, onMade }: Props) {
  const { t } = useTranslation('admin')
  const { onSubmit, pending, error, fieldError } = useSubmit(
    async ({ name = '', issuer = '', clientId = '', clientSecret = '', projectId = '', createAccounts }) => {
      const both = { name: name.trim(), kind, createAccounts: createAccounts === 'on' }
      await whileSaving(
        api.user.createIdentityProvider(
          kind === 'oidc'
            ? {
                ...both,
                issuer: issuer.trim(),
                clientId: clientId.trim(),
                ...(clientSecret.trim() ? { clientSecret: clientSecret.trim() } : {})
              }
            : { ...both, projectId: projectId.trim() }
        )
      )
      await onMade()
    }
  )
  return (
    <form onSubmit={onSubmit} className={classes.fields}>
      <ProblemAlert error={error} fields={['name', 'issuer', 'clientId', 'clientSecret', 'projectId']} />
      <TextInput
        name="name"
        label={t('providers.name')}
        description={t('providers.nameHint')}
        required
        withAsterisk={false}
        maxLength={80}
        data-autofocus
        error={fieldError('name')}
      />
      {kind === 'oidc' ? (
        <>
          <TextInput
            name="issuer"
            type="url"
            label={t('providers.issuer')}
            description={t('providers.issuerHint')}
            placeholder="https://id.example.org"
            dir="ltr"
            required
            withAsterisk={false}
            maxLength={500}
            error={fieldError('issuer')}
          />
          <TextInput
            name="clientId"
            label={t('providers.clientId')}
            dir="ltr"
            required
            withAsterisk={false}
            maxLength={300}
            autoComplete="off"
            error={fieldError('clientId')}
          />
          <PasswordInput
            name="clientSecret"
            label={t('providers.clientSecret')}
            description={t('providers.clientSecretHint')}
            maxLength={500}
            autoComplete="off"
            error={fieldError('clientSecret')}
          />
        </>
      ) : (
        <TextInput
          name="projectId"
          label={t('providers.projectId')}
          description={t('providers.projectIdHint')}
          placeholder="my-school-1a2b3"
          dir="ltr"
          required
          withAsterisk={false}
          maxLength={100}
          error={fieldError('projectId')}
        />
      )}
      <Checkbox
        name="createAccounts"
        label={t('providers.createAccounts')}
        description={t('providers.createAccountsHint')}
        defaultChecked
      />
      <div className={classes.end}>
        <Button variant="default" onClick={onBack}>
          {t('back')}
        </Button>
        <Button type="submit" loading={pending}>
          {kind === 'oidc' ? t('providers.checkAndAdd') : t('providers.add')}
        </Button>
      </div>
    </form>
  )
}
