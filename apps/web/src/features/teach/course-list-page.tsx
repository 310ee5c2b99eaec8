import { Button, NativeSelect, TextInput } from '@mantine/core'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs'
import IconUpload from '@tabler/icons-react/dist/esm/icons/IconUpload.mjs'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { pages } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { useMay } from '../../shell/session.ts'
import { Choice } from '../../ui/choice.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { CourseCards } from './course-list/course-cards.tsx'
import classes from './course-list/course-list.module.css'
import { CourseRows } from './course-list/course-rows.tsx'
import { CreateCourse } from './course-list/create-course.tsx'

const CourseImport = lazy(async () => ({ default: (await import('./import/course-import.tsx')).CourseImport }))

const VIEW = 'lyceum.course-list.view'
const SHOWN = ['draft', 'published', 'archived', 'bin'] as const
type Shown = (typeof SHOWN)[number]

/** Courses of whoever looks; teachers make new ones from here. */
export default function CourseListPage() {
  const [params] = useSearchParams()
  const importing = params.get('import')
  return importing === null ? (
    <CourseList />
  ) : (
    <Suspense fallback={<Loading />}>
      <CourseImport importId={importing === 'new' ? undefined : importing} />
    </Suspense>
  )
}

function CourseList() {
  const { t } = useTranslation('teach')
  const mayAuthor = useMay('course:author')
  const [params, setParams] = useSearchParams()
  const [view, setView] = useState(() => (localStorage.getItem(VIEW) === 'list' ? 'list' : 'cards'))
  const [creating, setCreating] = useState(false)
  const search = params.get('search') ?? ''
  const shown = SHOWN.find((one) => one === params.get('show')) ?? ''
  const setParam = (name: string, value: string) =>
    setParams(
      (before) => {
        if (value) before.set(name, value)
        else before.delete(name)
        return before
      },
      { replace: true }
    )
  const list = useInfiniteQuery(
    pages('course', 'listCourses', {
      limit: 48,
      ...(search ? { search } : {}),
      ...(shown === 'bin' ? { deleted: true } : shown ? { status: shown } : {})
    })
  )
  const courses = list.data?.pages.flatMap((page) => page.entries)
  const chooseView = (chosen: 'cards' | 'list') => {
    localStorage.setItem(VIEW, chosen)
    setView(chosen)
  }

  const actions = mayAuthor ? (
    <>
      <Button
        variant="default"
        leftSection={<IconUpload size={20} aria-hidden />}
        onClick={() => setParams({ import: 'new' })}
      >
        {t('courseList.import')}
      </Button>
      <Button leftSection={<IconPlus size={20} aria-hidden />} onClick={() => setCreating(true)}>
        {t('courseList.create')}
      </Button>
    </>
  ) : undefined

  return (
    <Page title={t('courseList.title')} actions={actions}>
      <div className={classes.toolbar}>
        <SearchField value={search} onChange={(text) => setParam('search', text)} />
        {mayAuthor ? (
          <NativeSelect
            size="sm"
            aria-label={t('courseList.show')}
            value={shown}
            onChange={(event) => setParam('show', event.currentTarget.value)}
            data={[
              { value: '', label: t('courseList.shown.all') },
              ...SHOWN.map((value: Shown) => ({ value, label: t(`courseList.shown.${value}`) }))
            ]}
          />
        ) : null}
        <div className={classes.view}>
          <Choice
            label={t('courseList.view')}
            value={view}
            options={[
              { value: 'cards', label: t('courseList.cards') },
              { value: 'list', label: t('courseList.list') }
            ]}
            onChoose={chooseView}
          />
        </div>
      </div>
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : courses === undefined ? (
        <Loading shape={view === 'cards' ? 'cards' : 'rows'} count={6} />
      ) : courses.length === 0 ? (
        <Empty
          filtered={search !== '' || shown !== ''}
          bin={shown === 'bin'}
          mayAuthor={mayAuthor}
          onCreate={() => setCreating(true)}
          onClear={() => setParams({}, { replace: true })}
        />
      ) : (
        <>
          {view === 'cards' ? (
            <CourseCards courses={courses} bin={shown === 'bin'} />
          ) : (
            <CourseRows courses={courses} bin={shown === 'bin'} />
          )}
          {list.hasNextPage ? (
            <div className={classes.more}>
              <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('courseList.more')}
              </Button>
            </div>
          ) : null}
        </>
      )}
      {creating ? <CreateCourse onClose={() => setCreating(false)} /> : null}
    </Page>
  )
}

interface EmptyProps {
  readonly filtered: boolean
  readonly bin: boolean
  readonly mayAuthor: boolean
  readonly onCreate: () => void
  readonly onClear: () => void
}

function Empty({ filtered, bin, mayAuthor, onCreate, onClear }: EmptyProps) {
  const { t } = useTranslation('teach')
  if (bin) return <EmptyState>{t('courseList.binEmpty')}</EmptyState>
  if (filtered)
    return (
      <EmptyState
        action={
          <Button variant="default" onClick={onClear}>
            {t('courseList.clear')}
          </Button>
        }
      >
        {t('courseList.nothingFound')}
      </EmptyState>
    )
  if (!mayAuthor) return <EmptyState>{t('courseList.emptyLearner')}</EmptyState>
  return (
    <EmptyState action={<Button onClick={onCreate}>{t('courseList.create')}</Button>}>
      {t('courseList.emptyTeacher')}
    </EmptyState>
  )
}

/** Told with a short delay, so that the server is asked for words and not for letters. */
function SearchField({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const { t } = useTranslation('teach')
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => onChange(text), 250)
    return () => clearTimeout(timer)
  }, [text, value, onChange])
  return (
    <TextInput
      type="search"
      size="sm"
      className={classes.search ?? ''}
      aria-label={t('courseList.search')}
      placeholder={t('courseList.search')}
      leftSection={<IconSearch size={18} aria-hidden />}
      value={text}
      maxLength={100}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  )
}
