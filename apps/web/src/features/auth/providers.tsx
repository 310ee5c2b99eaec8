import { Button } from '@mantine/core'
import IconLogin2 from '@tabler/icons-react/dist/esm/icons/IconLogin2.mjs'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { providerSignIn } from '../../api.ts'
import { safeReturn } from '../../path.ts'
import { useSchool } from '../../shell/session.ts'
import classes from './auth-layout.module.css'

/** One button for each identity provider of the school that works by going there and coming back. */
export function Providers({ to }: { readonly to?: string }) {
  const { t } = useTranslation('auth')
  const [params] = useSearchParams()
  const providers = useSchool().providers.filter(({ kind }) => kind === 'oidc')
  if (providers.length === 0) return null
  return (
    <>
      <div className={classes.providers}>
        {providers.map(({ id, name }) => (
          <Button
            key={id}
            component="a"
            href={providerSignIn(id, to ?? safeReturn(params.get('to')))}
            variant="default"
            size="lg"
            leftSection={<IconLogin2 size={20} stroke={1.75} aria-hidden />}
          >
            {t('providers.continue', { name })}
          </Button>
        ))}
      </div>
      <p className={classes.or}>{t('providers.or')}</p>
    </>
  )
}
