import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function NotificationsPage() {
  const { t } = useTranslation('account')
  return (
    <Page title={t('notifications.title')}>
      <Loading />
    </Page>
  )
}
