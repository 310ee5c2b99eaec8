import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { path } from '../../../path.ts'
import { Page } from '../../../shell/page.tsx'
import { useMay } from '../../../shell/session.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ImportProgress } from './import-progress.tsx'
import { SendSource } from './send-source.tsx'

/** A folder or zip of Markdown on its way to becoming a course; the import's id in the address survives a reload. */
export function CourseImport({ importId }: { readonly importId: string | undefined }) {
  const { t } = useTranslation('teach')
  const mayAuthor = useMay('course:author')
  const [, setParams] = useSearchParams()
  return (
    <Page
      title={t('import.title')}
      crumbs={[{ label: t('courseList.title'), to: path.courses() }]}
      width="form"
      {...(importId ? {} : { description: t('import.description') })}
    >
      {!mayAuthor ? (
        <EmptyState>{t('import.mayNot')}</EmptyState>
      ) : importId ? (
        <ImportProgress importId={importId} onAgain={() => setParams({ import: 'new' })} />
      ) : (
        <SendSource onStarted={(id) => setParams({ import: id }, { replace: true })} />
      )}
    </Page>
  )
}
