import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function PeoplePage() {
  const { t } = useTranslation('admin')
  return (
    <Page title={t('people.title')}>
      <Loading />
    </Page>
  )
}
