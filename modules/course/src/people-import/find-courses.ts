import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { CourseFound } from './check-rows.ts'

interface Match {
  readonly name: string
  readonly id: string
  readonly by: number
}

/** Which course each name means: its id before its code before its title, whatever the case. */
export async function findCourses({ tx }: CourseContext, names: readonly string[]): Promise<Map<string, CourseFound>> {
  // Three equalities, each a hash join: one join with OR would compare every name with every course.
  const { rows } = await sql<Match>`
    with named as (select name, lower(name) as word from jsonb_array_elements_text(${JSON.stringify(names)}::jsonb) as name),
      course as (select id, lower(code) as code, lower(title) as title from course.course where deleted_at is null)
    select name, id, 1 as by from named join course on course.id::text = word
    union all
    select name, id, 2 from named join course on course.code = word
    union all
    select name, id, 3 from named join course on course.title = word`.execute(tx)
  const matches = Map.groupBy(rows, ({ name }) => name)
  return new Map(names.map((name) => [name, bestOf(matches.get(name) ?? [])]))
}

function bestOf(matches: readonly Match[]): CourseFound {
  const best = Math.min(...matches.map(({ by }) => by))
  const [first, second] = matches.filter(({ by }) => by === best)
  return first === undefined ? 'unknown' : second === undefined ? first.id : 'ambiguous'
}
