import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function CourseProgressPage() {
  const { t } = useTranslation('people')
  return (
    <Page title={t('courseProgress.title')}>
      <Loading />
    </Page>
  )
}
