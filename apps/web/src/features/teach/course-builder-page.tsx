import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function CourseBuilderPage() {
  const { t } = useTranslation('teach')
  return (
    <Page title={t('courseBuilder.title')}>
      <Loading />
    </Page>
  )
}
