import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function DashboardPage() {
  const { t } = useTranslation('learn')
  return (
    <Page title={t('dashboard.title')}>
      <Loading />
    </Page>
  )
}
