import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function OverviewPage() {
  const { t } = useTranslation('admin')
  return (
    <Page title={t('overview.title')}>
      <Loading />
    </Page>
  )
}
