import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function VerifyEmailPage() {
  const { t } = useTranslation('auth')
  return (
    <Page title={t('verifyEmail.title')}>
      <Loading />
    </Page>
  )
}
