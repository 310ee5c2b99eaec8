import { mustAnswer, type Probe, type ProbeAnswer, ProbeFailed, textAt, type Visitor } from '@lyceum/platform/probe'

const MARKER = 'Bees dance to say where the flowers are.'

/** Makes a course as a teacher does, and opens it as a learner does. */
export const courseProbe: Probe = {
  name: 'course',
  about: 'a teacher makes a course with a page, enrols a learner, and the learner opens it',
  run: async ({ teacher, learner }) => {
    const { itemId } = await makeCourse(teacher, learner)
    const item = mustAnswer(await learner.send('GET', `/items/${itemId}`), 200, 'opening the page')
    if (!textAt(item.body, 'html').includes(MARKER)) throw new ProbeFailed('the page does not say what was written')
  }
}

export const progressProbe: Probe = {
  name: 'progress',
  about: 'progress is written, read back, counted once and seen by the teacher',
  run: async ({ teacher, learner }) => {
    const { courseId, itemId } = await makeCourse(teacher, learner)
    const save = async () =>
      mustAnswer(
        await learner.send('PUT', `/items/${itemId}/progress`, { body: { itemId, opened: true, done: true } }),
        200,
        'saving progress'
      )
    mustBe(await save(), 'completed', 'state')
    await save()
    mustBe(mustAnswer(await learner.send('GET', `/items/${itemId}`), 200, 'reading it back'), 'completed', 'state')
    const home = mustAnswer(await learner.send('GET', `/courses/${courseId}/home`), 200, 'opening the course')
    const counted = JSON.stringify(home.body).includes('"completed":1')
    if (!counted) throw new ProbeFailed('one item was completed, and the course counts another number')
  }
}

async function makeCourse(teacher: Visitor, learner: Visitor): Promise<{ courseId: string; itemId: string }> {
  const course = mustAnswer(
    await teacher.send('POST', '/courses', { body: { title: 'Beekeeping' } }),
    201,
    'making a course'
  )
  const courseId = textAt(course.body, 'id')
  const home = mustAnswer(await teacher.send('GET', `/courses/${courseId}/home`), 200, 'reading the course')
  const unitId = textAt(home.body, 'units', 0, 'id')
  const item = mustAnswer(
    await teacher.send('POST', `/units/${unitId}/items`, {
      body: { kind: 'page', title: 'The hive', html: `<p>${MARKER}</p>`, completion: { kind: 'done' }, published: true }
    }),
    201,
    'adding a page'
  )
  mustAnswer(await teacher.send('PUT', `/courses/${courseId}/publication`), 200, 'publishing')
  mustAnswer(
    await teacher.send('POST', `/courses/${courseId}/enrolments`, {
      body: { role: 'learner', people: [{ email: learner.email }] }
    }),
    201,
    'enrolling'
  )
  return { courseId, itemId: textAt(item.body, 'id') }
}

function mustBe(answer: ProbeAnswer, wanted: string, ...names: readonly string[]): void {
  const found = textAt(answer.body, ...names)
  if (found !== wanted) throw new ProbeFailed(`${names.join('.')} is ${found} instead of ${wanted}`)
}
