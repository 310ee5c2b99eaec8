import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installationEntry } from '@lyceum/platform/runtime'
import { userContract } from '@lyceum/user/contract'
import { createSchool } from '@lyceum/user/create-school'
import type { Composition } from '../compose.ts'
import { actIn } from './act-as.ts'
import { demoCourses } from './demo-course.ts'
import { type DemoSchool, demoSchools } from './demo-school.ts'
import { makeDemoCalendar } from './make-demo-calendar.ts'
import { makeDemoCourse } from './make-demo-course.ts'

/**
 * Makes the demo schools on an empty installation. Every step first looks whether it was done, so a start that was
 * killed half way goes on where it stopped; a file in the home says when all is done.
 */
export async function makeDemoSchools(
  product: Composition,
  home: string,
  publicUrl: string,
  tell: (line: string) => void
): Promise<void> {
  const marker = join(home, 'demo-schools-made')
  if (existsSync(marker)) return
  const slugs = await product.users.tenants.slugs()
  if (slugs.some((slug) => !demoSchools.some((school) => school.slug === slug))) return
  tell('Making the demo schools (once)…')
  const { log } = product.app
  const { level } = log
  // The hundreds of requests that follow are nobody's.
  if (level === 'info') log.level = 'warn'
  for (const school of demoSchools) await makeSchool(product, school, publicUrl)
  product.users.tenants.forget()
  // What a killed start left in the queue, an import perhaps, is finished before anybody looks what is missing.
  await product.worker.drain()
  for (const { slug, host, people } of demoSchools) {
    const school = await actIn(product, host)
    await makeDemoCalendar(product, school, { slug, administrator: people[0].email })
    for (const course of demoCourses[slug] ?? []) await makeDemoCourse(product, school, course)
  }
  await product.worker.drain()
  log.level = level
  writeFileSync(marker, '')
}

async function makeSchool(
  product: Composition,
  { name, slug, host, locale, people }: DemoSchool,
  publicUrl: string
): Promise<void> {
  const [administrator, ...others] = people
  const slugs = await product.users.tenants.slugs()
  if (!slugs.includes(slug)) {
    const { database, clock } = product.users
    await createSchool(
      { database, clock, publicUrl },
      { name, slug, hosts: [host], locale, selfSignUp: false, administrator }
    )
    product.users.tenants.forget()
  }
  const { id: tenantId } = await product.users.tenants.resolve(host, undefined)
  const users = product.runtime.runner('user', installationEntry(tenantId)).asking.call(userContract)
  for (const { name: personName, email, role, password } of others) {
    await users.ensurePeople({ people: [{ name: personName, email, role }], invite: false, password })
  }
}
