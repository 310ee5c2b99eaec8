import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function SignInPage() {
  const { t } = useTranslation('auth')
  return (
    <Page title={t('signIn.title')}>
      <Loading />
    </Page>
  )
}
