import type { CourseCard } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { shortDate } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import { useRestoreCourse } from './use-restore-course.ts'

interface Props {
  readonly courses: readonly CourseCard[]
  readonly bin: boolean
}

/** The same courses as a table: to compare, sort and take away as CSV. */
export function CourseRows({ courses, bin }: Props) {
  const { t, i18n } = useTranslation('teach')
  const { t: ui } = useTranslation('ui')
  const { timeZone } = useViewer()
  const restore = useRestoreCourse()
  const date = (instant: string | null) => (instant ? shortDate(new Date(instant), i18n.language, timeZone) : '')
  const columns: readonly Column<CourseCard>[] = [
    {
      key: 'title',
      header: t('courseList.column.title'),
      primary: true,
      cell: (course) =>
        bin ? (
          <bdi>{course.title}</bdi>
        ) : (
          <Link to={path.course({ courseId: course.id })} dir="auto">
            {course.title}
          </Link>
        ),
      text: ({ title }) => title,
      sortBy: ({ title }) => title
    },
    {
      key: 'code',
      header: t('courseList.column.code'),
      cell: ({ code }) => <bdi>{code}</bdi>,
      text: ({ code }) => code ?? '',
      sortBy: ({ code }) => code ?? ''
    },
    {
      key: 'status',
      header: t('courseList.column.status'),
      cell: ({ status }) => <StatusPill status={status} />,
      text: ({ status }) => ui(`status.${status}`),
      sortBy: ({ status }) => status
    },
    {
      key: 'learners',
      header: t('courseList.column.learners'),
      align: 'end',
      cell: ({ learners }) => learners ?? '',
      text: ({ learners }) => String(learners ?? ''),
      sortBy: ({ learners }) => learners ?? -1
    },
    {
      key: 'dates',
      header: t('courseList.column.starts'),
      cell: ({ startsAt }) => date(startsAt),
      text: ({ startsAt }) => date(startsAt),
      sortBy: ({ startsAt }) => startsAt ?? ''
    },
    ...(bin
      ? [
          {
            key: 'restore',
            header: t('courseList.column.actions'),
            cell: (course: CourseCard) => (
              <Button variant="default" size="compact-md" onClick={() => void restore(course)}>
                {t('courseList.restore')}
              </Button>
            )
          }
        ]
      : [])
  ]
  return (
    <DataTable
      label={t('courseList.title')}
      columns={columns}
      rows={courses}
      rowKey={({ id }) => id}
      rowName={({ title }) => title}
      empty={t('courseList.nothingFound')}
      exportName="courses"
    />
  )
}
