import type pg from 'pg'
import { CommandFailed, exitCodes } from '../../outcome.ts'

/** What the operator asked for, as it is known here and in the backup. */
export interface WantedPart {
  readonly tenantId: string
  readonly of: { readonly kind: 'course'; readonly id: string } | null
  /** As people call it. */
  readonly called: string
  /** For the name of a point: letters, digits, hyphens. */
  readonly short: string
}

interface Known {
  readonly id: string
  readonly name: string
}

/**
 * Finds a school, or a course of it, in the backup. The school of today is meant; one that is gone is looked for in the backup.
 * @throws CommandFailed naming those there are
 */
export async function findPart(
  live: pg.ClientBase,
  copy: pg.ClientBase,
  wanted: { readonly school: string; readonly course: string | undefined }
): Promise<WantedPart> {
  const school = await findSchool(live, copy, wanted.school)
  if (wanted.course === undefined)
    return {
      tenantId: school.id,
      of: null,
      called: `the school ${school.name}`,
      short: `school-${short(wanted.school)}`
    }
  if (!school.isHere)
    throw new CommandFailed(
      'restore.school-gone',
      `The school ${school.name} is not here any more, so a course cannot come back into it. Bring the school back: leave out --course.`,
      exitCodes.refused
    )
  const course = await findCourse(copy, school.id, wanted.course)
  return {
    tenantId: school.id,
    of: { kind: 'course', id: course.id },
    called: `the course ${course.name} of ${school.name}`,
    short: `course-${course.id.slice(-12)}`
  }
}

async function findSchool(
  live: pg.ClientBase,
  copy: pg.ClientBase,
  wanted: string
): Promise<Known & { readonly isHere: boolean }> {
  const find = async (client: pg.ClientBase, value: string): Promise<Known | undefined> =>
    (await client.query<Known>('select id, name from "user".tenant where slug = $1 or id::text = $1', [value])).rows[0]
  const here = await find(live, wanted)
  const then = await find(copy, here?.id ?? wanted)
  if (then) return { ...then, isHere: here !== undefined }
  // Another school may have the short name now.
  const other = here === undefined ? undefined : await find(copy, wanted)
  if (other) return { ...other, isHere: false }
  const { rows } = await copy.query<{ slug: string }>('select slug from "user".tenant where not synthetic order by 1')
  throw new CommandFailed(
    'restore.no-school',
    `There was no school “${wanted}” at that moment. There were: ${rows.map(({ slug }) => slug).join(', ') || 'none'}. Name another, or another moment.`,
    exitCodes.refused
  )
}

async function findCourse(copy: pg.ClientBase, tenantId: string, wanted: string): Promise<Known> {
  const { rows } = await copy.query<Known>(
    `select id, title as name from course.course where tenant_id = $1
     and (id::text = $2 or lower(code) = lower($2) or lower(title) = lower($2))
     order by id::text <> $2`,
    [tenantId, wanted]
  )
  const [first] = rows
  if (first !== undefined && (rows.length === 1 || first.id === wanted)) return first
  if (first !== undefined)
    throw new CommandFailed(
      'restore.course-unclear',
      `Several courses are called “${wanted}”: ${rows.map(({ id }) => id).join(', ')}. Name one by its id.`,
      exitCodes.usage
    )
  const { rows: all } = await copy.query<Known>(
    'select id, title as name from course.course where tenant_id = $1 order by lower(title) limit 20',
    [tenantId]
  )
  throw new CommandFailed(
    'restore.no-course',
    `There was no course “${wanted}” at that moment. There were: ${all.map(({ id, name }) => `${name} (${id})`).join(', ') || 'none'}. Name another, or another moment.`,
    exitCodes.refused
  )
}

const short = (text: string): string => text.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 24)
