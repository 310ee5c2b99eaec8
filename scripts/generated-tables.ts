import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as course from '@lyceum/course/contract'
import * as file from '@lyceum/file/contract'
import * as notification from '@lyceum/notification/contract'
import type { Contract, EventType } from '@lyceum/platform/contract'
import { systemContract } from '@lyceum/platform/system/contract'
import * as user from '@lyceum/user/contract'
import { cadences } from '../apps/cli/src/checks/cadences.ts'
import { drillKinds } from '../apps/cli/src/drill/drill.ts'
import { runbookMarkdown } from '../apps/cli/src/drill/runbook-text.ts'
import { abilitiesOf, MANAGE_COURSES } from '../modules/course/src/course/course-access.ts'
import { allPermissions, OPERATOR_PERMISSIONS, permissionsOf } from '../modules/user/src/person/role.ts'
import { problemCodes } from './problem-codes.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const ROLES = ['administrator', 'teacher', 'assistant', 'learner', 'observer'] as const

/** What each permission is for; one without words stops the generation. */
const PERMISSION_WORDS: Readonly<Record<string, string>> = {
  'school:manage': 'change the school: name, colours, sign-up, single sign-on, storage; send failed mail again',
  'people:read': 'see the people of the school',
  'people:manage': 'invite, change and lock people; import them from a file',
  'courses:manage': 'do everything in every course',
  'course:author': 'make and import courses',
  'calendar:manage': 'keep the academic calendar, which says when the platform is not changed',
  'mail:read': 'read the mail the school sent or holds',
  'system:read': 'see health, jobs and events',
  'system:manage': 'retry and discard dead jobs',
  'operator:tenants': 'make, rename and suspend schools',
  'operator:releases': 'keep their own browser on one release'
}

/** Documents with tables between `<!-- generated: name -->` and `<!-- end -->`; `npm test` fails when they differ. */
export const generatedTables = (): { path: string; text: string }[] =>
  globSync('{*.md,docs/**/*.md}', { cwd: ROOT })
    .sort()
    .map((name) => ({ path: `${ROOT}${name}`, text: readFileSync(`${ROOT}${name}`, 'utf8') }))
    .filter(({ text }) => text.includes('<!-- generated: '))
    .map(({ path, text }) => ({ path, text: fill(text) }))

const fill = (text: string): string =>
  text.replace(
    /(<!-- generated: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const make = tables[name]
      if (!make) throw new Error(`There is no generated table ${name}`)
      return `${begin}\n${make()}\n\n${end}`
    }
  )

const tables: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(drillKinds.map((kind) => [`runbook-${kind}`, () => runbookMarkdown(kind)])),
  checks: () =>
    table(
      ['When', 'Made by itself', 'For a person, and where'],
      Object.entries(cadences).map(([name, { checks, byHand }]) => [
        name,
        checks.map(({ what }) => what).join(', '),
        byHand.map(({ what, where }) => `${what} (${where})`).join('; ')
      ])
    ),
  'school-roles': () =>
    table(
      ['May', ...ROLES, 'operator'],
      allPermissions.map((permission) => {
        const words = PERMISSION_WORDS[permission]
        if (!words) throw new Error(`Say in generated-tables.ts what ${permission} is for`)
        return [
          `${words} (\`${permission}\`)`,
          ...ROLES.map((role) => tick(permissionsOf(role, false).includes(permission))),
          tick(OPERATOR_PERMISSIONS.includes(permission))
        ]
      })
    ),
  'course-roles': () =>
    table(
      ['In a course', 'edit', 'manage people', 'see everybody’s progress', 'collect progress'],
      (['teacher', 'assistant', 'learner', 'observer', null] as const).map((role) => {
        const abilities = abilitiesOf(role, role === null ? [MANAGE_COURSES] : [])
        return [
          role ?? `whoever has \`${MANAGE_COURSES}\``,
          tick(abilities?.edit),
          tick(abilities?.managePeople),
          tick(abilities?.seeProgress),
          tick(abilities?.study)
        ]
      })
    ),
  problems: () =>
    table(
      ['Code', 'Status', 'What the answer says'],
      problemCodes().map(({ code, status, detail }) => [`\`${code}\``, String(status), detail.replaceAll('|', '\\|')])
    ),
  events: () =>
    table(
      ['Event', 'Carries', 'Heard by'],
      events().map(({ exported, event }) => [
        `\`${event.name}\``,
        Object.keys(propertiesOf(event.payload))
          .map((name) => `\`${name}\``)
          .join(', '),
        subscribersOf(exported).join(', ') || 'nobody yet'
      ])
    ),
  operations: () =>
    table(
      ['Module', 'Operations', 'Of these open without a sign-in'],
      contracts.map(({ module, operations }) => {
        const served = Object.values(operations).filter(({ access }) => access !== 'internal')
        return [module, String(served.length), String(served.filter(({ access }) => access === 'anyone').length)]
      })
    )
}

const contracts: readonly Contract[] = [
  user.userContract,
  course.courseContract,
  file.fileContract,
  notification.notificationContract,
  systemContract
]

const events = (): { exported: string; event: EventType }[] =>
  [user, course, file, notification]
    .flatMap((contract) => Object.entries(contract))
    .flatMap(([exported, value]) => (isEvent(value) ? [{ exported, event: value }] : []))
    .sort((a, b) => a.event.name.localeCompare(b.event.name))

const isEvent = (value: unknown): value is EventType =>
  typeof value === 'object' && value !== null && 'payload' in value && 'name' in value

const propertiesOf = (payload: object): object =>
  'properties' in payload && typeof payload.properties === 'object' && payload.properties !== null
    ? payload.properties
    : {}

const subscribersOf = (exported: string): string[] =>
  globSync('modules/*/src/module.ts', { cwd: ROOT })
    .filter((name) => new RegExp(`\\bon\\(${exported},`).test(readFileSync(`${ROOT}${name}`, 'utf8')))
    .map((name) => name.split(/[\\/]/)[1] ?? name)
    .sort()

const tick = (yes: boolean | undefined): string => (yes ? 'yes' : '–')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
