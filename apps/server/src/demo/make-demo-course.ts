import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Client } from '@lyceum/client'
import type { CourseHome, OutlineItem } from '@lyceum/course/contract'
import { fileContract } from '@lyceum/file/contract'
import { newId } from '@lyceum/platform/id'
import type { Composition } from '../compose.ts'
import { zipFolder } from '../zip-folder.ts'
import type { ActingSchool, Actor } from './act-as.ts'
import { captionsFile, courseFolder, type DemoCourse, type DemoItem, type DemoReport } from './demo-course.ts'

/** Makes a course the way a teacher does: import, settings, publication, people; then some study. Looks before each step. */
export async function makeDemoCourse(product: Composition, school: ActingSchool, course: DemoCourse): Promise<void> {
  const teacher = await school.actAs(course.teacher)
  const courseId = (await findCourse(teacher.api, course)) ?? (await importCourse(product, school, teacher, course))
  const home = await teacher.api.course.getCourseHome({ courseId })
  await describe(teacher.api, home, course)
  await setItems(product, school, teacher, home, course)
  if (home.course.status === 'draft') await teacher.api.course.publishCourse({ courseId })
  await enrol(teacher.api, courseId, course)
  for (const [email, study] of Object.entries(course.studies)) {
    const learner = await school.actAs(email)
    for (const [title, report] of Object.entries(study)) await studyItem(learner.api, courseId, title, report)
  }
}

async function findCourse({ course }: Client, { title }: DemoCourse): Promise<string | undefined> {
  const { entries } = await course.listCourses({ search: title })
  return entries.find((entry) => entry.title === title)?.id
}

async function importCourse(
  product: Composition,
  { tenantId }: ActingSchool,
  teacher: Actor,
  course: DemoCourse
): Promise<string> {
  const { zip } = await zipFolder(courseFolder(course))
  const fileId = await storeFile(product, tenantId, teacher, { name: `${course.folder}.zip`, content: zip })
  const { id: importId } = await teacher.api.course.createCourseImport({ fileId })
  await product.worker.drain()
  const { state, courseId, error } = await teacher.api.course.getCourseImport({ importId })
  if (courseId === null) throw new Error(`The demo course ${course.folder} is ${state}: ${error?.message ?? ''}`)
  return courseId
}

/** As if it had been uploaded by that person. */
async function storeFile(
  { storage, runtime }: Composition,
  tenantId: string,
  { entry }: Actor,
  { name, content }: { readonly name: string; readonly content: Readable }
): Promise<string> {
  const stored = await storage.put(tenantId, content)
  const id = newId()
  await runtime
    .runner('file', entry)
    .asking.call(fileContract)
    .registerFiles({ files: [{ id, name, ...stored }] })
  return id
}

async function describe(
  { course }: Client,
  { course: before }: CourseHome,
  { code, color }: DemoCourse
): Promise<void> {
  if (before.code === code) return
  await course.updateCourse({ courseId: before.id, code, color }, { ifMatch: before.version })
}

/** An item whose version is not the first was set up before, or changed by somebody since. */
async function setItems(
  product: Composition,
  school: ActingSchool,
  teacher: Actor,
  home: CourseHome,
  course: DemoCourse
): Promise<void> {
  const items = home.units.flatMap((unit) => unit.items)
  const byTitle = new Map(items.map((item) => [item.title, item]))
  for (const [title, settings] of Object.entries(course.items)) {
    const item = mustFind(byTitle, title)
    if (item.version !== 1) continue
    const captions = await storeCaptions(product, school, teacher, settings)
    const { completion, minutes, note, requires, dueInDays } = settings
    await teacher.api.course.updateItem(
      {
        itemId: item.id,
        ...(completion ? { completion } : {}),
        ...(minutes === undefined ? {} : { minutes }),
        ...(note ? { note } : {}),
        ...(requires ? { requires: requires.map((required) => mustFind(byTitle, required).id) } : {}),
        ...(dueInDays === undefined ? {} : { dueAt: eveningIn(dueInDays, product.users.clock.now()) }),
        ...(captions.length > 0 ? { captions } : {})
      },
      { ifMatch: 1 }
    )
  }
}

async function storeCaptions(
  product: Composition,
  { tenantId }: ActingSchool,
  teacher: Actor,
  { captions = [] }: DemoItem
): Promise<{ fileId: string; locale: string; label: string }[]> {
  const stored: { fileId: string; locale: string; label: string }[] = []
  for (const { file, locale, label } of captions) {
    const content = createReadStream(captionsFile(file))
    stored.push({ fileId: await storeFile(product, tenantId, teacher, { name: file, content }), locale, label })
  }
  return stored
}

async function enrol({ course }: Client, courseId: string, { enrolments }: DemoCourse): Promise<void> {
  const ids = new Map<string, string>()
  for (const { email, role, observes = [] } of enrolments) {
    const observed = observes.flatMap((learner) => ids.get(learner) ?? [])
    await course.enrolPeople({ courseId, role, people: [{ email }], observes: observed })
    if (role !== 'learner') continue
    const { entries } = await course.listEnrolments({ courseId, search: email })
    const [enrolment] = entries
    if (enrolment) ids.set(email, enrolment.userId)
  }
}

async function studyItem(
  { course }: Client,
  courseId: string,
  title: string,
  { minutes, done, atBlock, watchedSeconds }: DemoReport
): Promise<void> {
  const { units } = await course.getCourseHome({ courseId })
  const item = units.flatMap(({ items }) => items).find((one) => one.title === title)
  if (item?.state !== 'not-started') return
  await course.saveProgress({
    itemId: item.id,
    opened: true,
    visit: { id: newId(), seconds: minutes * 60 },
    ...(done ? { done } : {}),
    ...(atBlock === undefined ? {} : { position: { block: atBlock, offset: 0.2 } }),
    ...(watchedSeconds === undefined
      ? {}
      : { watched: { duration: watchedSeconds, ranges: [[0, watchedSeconds] as [number, number]] } })
  })
}

function mustFind(items: ReadonlyMap<string, OutlineItem>, title: string): OutlineItem {
  const item = items.get(title)
  if (!item) throw new Error(`The demo course has no item “${title}”`)
  return item
}

/** 20:00 UTC of that day: early enough to be the same day in most of the world. */
function eveningIn(days: number, now: Date): string {
  const due = new Date(now)
  due.setUTCDate(due.getUTCDate() + days)
  due.setUTCHours(20, 0, 0, 0)
  return due.toISOString()
}
