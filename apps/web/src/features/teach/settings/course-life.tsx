import type { Course } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, query } from '../../../api.ts'
import { path } from '../../../path.ts'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { Surface } from '../../../ui/surface.tsx'
import { showToast, showUndo } from '../../../ui/toast.ts'
import classes from './settings.module.css'

/** The end of a course, and back: archive and bin. */
export function CourseLife({ course }: { readonly course: Course }) {
  const { t } = useTranslation('teach')
  const { t: ui } = useTranslation('ui')
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<unknown>()
  const input = { courseId: course.id }
  const archived = course.status === 'archived'

  const refresh = async () => {
    void queryClient.invalidateQueries({ queryKey: ['listCourses'] })
    void queryClient.invalidateQueries({ queryKey: ['getDashboard'] })
    await queryClient.invalidateQueries({ queryKey: ['getCourseHome'] })
  }
  const act = async (work: (given: { courseId: string }) => Promise<Course>, told: string) => {
    setError(undefined)
    try {
      const changed = await whileSaving(work(input))
      queryClient.setQueryData(query('course', 'getCourse', input).queryKey, changed)
      showToast(told, { tone: 'good' })
      await refresh()
    } catch (fault) {
      setError(fault)
    }
  }
  const bin = async () => {
    setError(undefined)
    try {
      await whileSaving(api.course.deleteCourse(input))
    } catch (fault) {
      setError(fault)
      return
    }
    showUndo(t('courseSettings.binned', { title: course.title }), ui('undo'), () => {
      void whileSaving(api.course.restoreCourse(input)).then(refresh, () =>
        showToast(t('courseSettings.restoreFailed'), { tone: 'bad' })
      )
    })
    await navigate(path.courses())
    await refresh()
  }

  if (course.deletedAt !== null)
    return (
      <Surface title={t('courseSettings.inBin')} description={t('courseSettings.inBinWords')}>
        <ProblemAlert error={error} />
        <Button onClick={() => void act(api.course.restoreCourse, t('courseList.restored', { title: course.title }))}>
          {t('courseList.restore')}
        </Button>
      </Surface>
    )
  return (
    <div className={classes.life}>
      <Surface title={t('courseSettings.life')}>
        <ProblemAlert error={error} />
        <div className={classes.row}>
          <div>
            <h3>
              {t(archived ? 'courseSettings.unarchive' : 'courseSettings.archive')}{' '}
              <StatusPill status={course.status} />
            </h3>
            <p>{t(archived ? 'courseSettings.unarchiveWords' : 'courseSettings.archiveWords')}</p>
          </div>
          <Button
            variant="default"
            onClick={() =>
              archived
                ? void act(api.course.unarchiveCourse, t('courseSettings.unarchived', { title: course.title }))
                : setAsking(true)
            }
          >
            {t(archived ? 'courseSettings.unarchive' : 'courseSettings.archive')}
          </Button>
        </div>
        <div className={classes.row}>
          <div>
            <h3>{t('courseSettings.bin')}</h3>
            <p>{t('courseSettings.binWords')}</p>
          </div>
          <Button variant="outline" color="danger" onClick={() => void bin()}>
            {t('courseSettings.bin')}
          </Button>
        </div>
      </Surface>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('courseSettings.archiveTitle', { title: course.title })}
        confirm={t('courseSettings.archive')}
        onConfirm={() => act(api.course.archiveCourse, t('courseSettings.archived', { title: course.title }))}
      >
        {t('courseSettings.archiveWords')}
      </ConfirmDialog>
    </div>
  )
}
