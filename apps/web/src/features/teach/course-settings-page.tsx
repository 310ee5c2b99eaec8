import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function CourseSettingsPage() {
  const { t } = useTranslation('teach')
  return (
    <Page title={t('courseSettings.title')}>
      <Loading />
    </Page>
  )
}
