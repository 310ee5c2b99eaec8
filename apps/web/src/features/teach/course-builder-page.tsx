import { Button } from '@mantine/core'
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs'
import IconListCheck from '@tabler/icons-react/dist/esm/icons/IconListCheck.mjs'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useParams } from 'react-router'
import { query } from '../../api.ts'
import { path } from '../../path.ts'
import { Page } from '../../shell/page.tsx'
import { SideSheet } from '../../ui/dialog.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { StatusPill } from '../../ui/status-pill.tsx'
import classes from './builder/aside.module.css'
import { BuilderAside } from './builder/builder-aside.tsx'
import { PublishDialog } from './builder/publish-dialog.tsx'
import { useOutlineEdits } from './builder/use-outline-edits.ts'

const loadEditor = async () => ({ default: (await import('./builder/outline-editor.tsx')).OutlineEditor })
const OutlineEditor = lazy(loadEditor)
// Drag and drop is on its way while the outline is still being read; a failure is met again, and told, when it is drawn.
loadEditor().catch(() => undefined)

/** The course as an outline that is edited where it stands. */
export default function CourseBuilderPage() {
  const { t } = useTranslation('teach')
  const { courseId = '' } = useParams()
  const { data: home, error, refetch } = useQuery(query('course', 'getCourseHome', { courseId }))
  const edits = useOutlineEdits(courseId)
  const [publishing, setPublishing] = useState(false)
  const [selecting, setSelecting] = useState(false)
  const [beside, setBeside] = useState<'checks' | 'preview'>()
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const fold = (unitId: string, on: boolean) =>
    setFolded((before) => new Set(on ? [...before, unitId] : [...before].filter((id) => id !== unitId)))

  if (home && !home.abilities.edit) return <Navigate to={path.course({ courseId })} replace />
  const crumbs = [{ label: t('courseList.title'), to: path.courses() }]
  if (!home)
    return (
      <Page title={t('courseBuilder.title')} crumbs={crumbs}>
        {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Loading shape="rows" count={6} />}
      </Page>
    )

  const { course, units } = home
  const allFolded = units.length > 0 && units.every(({ id }) => folded.has(id))
  return (
    <Page
      title={course.title}
      crumbs={[...crumbs, { label: course.title, to: path.course({ courseId }) }]}
      aside={<StatusPill status={course.status} />}
      actions={
        course.status === 'archived' ? undefined : (
          <Button variant={course.status === 'published' ? 'default' : 'filled'} onClick={() => setPublishing(true)}>
            {t(course.status === 'published' ? 'publish.close' : 'publish.button')}
          </Button>
        )
      }
    >
      <div className={classes.builder}>
        <div className={classes.main}>
          <div className={classes.tools}>
            <Button variant="subtle" size="sm" aria-pressed={selecting} onClick={() => setSelecting(!selecting)}>
              {t('builder.selectMode')}
            </Button>
            <Button
              variant="subtle"
              size="sm"
              onClick={() => setFolded(allFolded ? new Set() : new Set(units.map(({ id }) => id)))}
            >
              {t(allFolded ? 'builder.unfoldAll' : 'builder.foldAll')}
            </Button>
            <span className={classes.narrow}>
              <Button
                variant="subtle"
                size="sm"
                leftSection={<IconListCheck size={18} aria-hidden />}
                onClick={() => setBeside('checks')}
              >
                {t('checks.title')}
              </Button>
              <Button
                variant="subtle"
                size="sm"
                leftSection={<IconEye size={18} aria-hidden />}
                onClick={() => setBeside('preview')}
              >
                {t('preview.title')}
              </Button>
            </span>
          </div>
          <Suspense fallback={<Loading shape="rows" count={6} />}>
            <OutlineEditor
              home={home}
              edits={edits}
              selecting={selecting}
              onSelecting={setSelecting}
              folded={folded}
              onFold={fold}
            />
          </Suspense>
        </div>
        <aside className={classes.aside} aria-label={t('builder.beside')}>
          <BuilderAside home={home} />
        </aside>
      </div>
      {publishing ? <PublishDialog home={home} onClose={() => setPublishing(false)} /> : null}
      {beside ? (
        <SideSheet opened onClose={() => setBeside(undefined)} title={t(`${beside}.title`)}>
          <BuilderAside home={home} only={beside} />
        </SideSheet>
      ) : null}
    </Page>
  )
}
