import { useTranslation } from 'react-i18next'
import { Page } from '../../shell/page.tsx'
import { Loading } from '../../ui/loading.tsx'

export default function PeopleImportPage() {
  const { t } = useTranslation('people')
  return (
    <Page title={t('peopleImport.title')}>
      <Loading />
    </Page>
  )
}
