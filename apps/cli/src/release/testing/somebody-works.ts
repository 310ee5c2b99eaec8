import type { TestSchool } from '@lyceum/server/testing'

/** A learner of this school studies a page that is due at this instant. */
export async function somebodyWorks(school: TestSchool, dueAt: string): Promise<void> {
  const ana = await school.person('teacher', 'ana')
  const course = await ana.api.course.createCourse({ title: 'Bees' })
  const { units } = await ana.api.course.getCourseHome({ courseId: course.id })
  const item = await ana.api.course.createItem({
    unitId: units[0]?.id ?? '',
    kind: 'page',
    title: 'Hive',
    html: '<p>x</p>',
    dueAt,
    completion: { kind: 'done' },
    published: true
  })
  await ana.api.course.publishCourse({ courseId: course.id })
  const tom = await school.person('learner', 'tom')
  await ana.api.course.enrolPeople({ courseId: course.id, role: 'learner', people: [{ email: tom.email }] })
  const visit = { id: '019a0000-0000-7000-8000-000000000001', seconds: 30 }
  await tom.api.course.saveProgress({ itemId: item.id, opened: true, visit })
}
