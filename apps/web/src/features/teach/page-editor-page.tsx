import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { query } from '../../api.ts'
import { path } from '../../path.ts'
import { Page } from '../../shell/page.tsx'
import { useMe } from '../../shell/session.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { type Draft, readDraft } from './editor/draft/draft-store.ts'

const loadEditor = async () => ({ default: (await import('./editor/page-editor.tsx')).PageEditor })
const PageEditor = lazy(loadEditor)
// The editor is on its way while the page is still being read; a failure is met again, and told, when it is drawn.
loadEditor().catch(() => undefined)

/** One page of a course, to be written. */
export default function PageEditorPage() {
  const { courseId = '', itemId = '' } = useParams()
  return <PageOf key={itemId} courseId={courseId} itemId={itemId} />
}

function PageOf({ courseId, itemId }: { readonly courseId: string; readonly itemId: string }) {
  const { t } = useTranslation('teach')
  const me = useMe()
  const draftKey = `${me.id}/${itemId}`
  // The editor keeps what it was given: nothing may be read anew under its hands.
  const once = { staleTime: Number.POSITIVE_INFINITY, gcTime: 0, refetchOnWindowFocus: false }
  const page = useQuery({ ...query('course', 'getPage', { itemId }), ...once })
  const item = useQuery({ ...query('course', 'getItem', { itemId }), ...once })
  const draft = useDraft(draftKey)
  const error = page.error ?? item.error
  const fallback = (
    <Page title={t('pageEditor.title')} crumbs={[{ label: t('courseList.title'), to: path.courses() }]}>
      {error ? (
        <ErrorState
          error={error}
          onRetry={() => {
            void page.refetch()
            void item.refetch()
          }}
        />
      ) : (
        <Loading />
      )}
    </Page>
  )
  if (!page.data || !item.data || draft === 'reading') return fallback
  return (
    <Suspense fallback={fallback}>
      <PageEditor courseId={courseId} item={item.data} page={page.data} draft={draft} draftKey={draftKey} />
    </Suspense>
  )
}

function useDraft(key: string): Draft | undefined | 'reading' {
  const [draft, setDraft] = useState<Draft | undefined | 'reading'>('reading')
  useEffect(() => {
    let here = true
    void readDraft(key).then((found) => here && setDraft(found))
    return () => {
      here = false
    }
  }, [key])
  return draft
}
