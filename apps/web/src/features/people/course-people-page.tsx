import type { EnrolmentRole } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconUserPlus from '@tabler/icons-react/dist/esm/icons/IconUserPlus.mjs'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { query } from '../../api.ts'
import { path } from '../../path.ts'
import { Page } from '../../shell/page.tsx'
import { isRole } from './role-options.ts'
import { Roster } from './roster/roster.tsx'

const AddPeopleDialog = lazy(() => import('./add-people/add-people-dialog.tsx'))

/** Who is in a course, and how others come in. */
export default function CoursePeoplePage() {
  const { t } = useTranslation('people')
  const { courseId = '' } = useParams()
  const [search, setSearch] = useState('')
  const [role, setRole] = useState<EnrolmentRole>()
  const [adding, setAdding] = useState(false)
  const home = useQuery(query('course', 'getCourseHome', { courseId }))
  const mayManage = home.data?.abilities.managePeople ?? false
  const add = mayManage ? (
    <Button leftSection={<IconUserPlus size={20} aria-hidden />} onClick={() => setAdding(true)}>
      {t('coursePeople.add')}
    </Button>
  ) : null

  return (
    <Page
      title={t('coursePeople.title')}
      crumbs={home.data ? [{ label: home.data.course.title, to: path.course({ courseId }) }] : []}
      description={t('coursePeople.words')}
      actions={add}
    >
      <Roster
        courseId={courseId}
        mayManage={mayManage}
        search={search}
        onSearch={setSearch}
        role={role}
        onRole={(value) => setRole(isRole(value) ? value : undefined)}
        emptyAction={add}
      />
      <Suspense>{adding ? <AddPeopleDialog courseId={courseId} onClose={() => setAdding(false)} /> : null}</Suspense>
    </Page>
  )
}
