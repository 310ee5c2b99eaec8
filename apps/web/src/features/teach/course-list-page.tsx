import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function CourseListPage() {
  const { t } = useTranslation('teach')
  return (
    <Page title={t('courseList.title')}>
      <Loading />
    </Page>
  )
}
