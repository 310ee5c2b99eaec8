import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function InvitationPage() {
  const { t } = useTranslation('auth')
  return (
    <Page title={t('invitation.title')}>
      <Loading />
    </Page>
  )
}
