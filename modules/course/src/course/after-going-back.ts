import type { Finish } from '@lyceum/platform/backup/part-rule'
import { sql } from 'kysely'
import type { Tables } from '../context.ts'
import { noteRequirementChange } from '../outline/change-outline.ts'

/**
 * After a course, or all of a school, went back to how it was: no process takes the outline it remembers for the newest, and what is
 * counted in one course is counted again over what learners have done since.
 */
export async function afterGoingBack({ tx: transaction, tenantId, id, now, publish }: Finish): Promise<void> {
  const tx = transaction<Tables>()
  if (id !== null) return noteRequirementChange({ tx, now, publish }, id)
  await sql`update course.course set outline_version = outline_version + 1 where tenant_id = ${tenantId}`.execute(tx)
}

/** A page that went back is its newest revision, with what it was in between below. */
export async function keepPageAsRevision({ tx, tenantId, id, now, acts }: Finish): Promise<void> {
  // With the whole school its revisions went back as well.
  if (id === null) return
  await sql`
    insert into course.page_revision (tenant_id, item_id, version, html, begun_at, saved_at, saved_by)
    select tenant_id, item.id, item.html_version, item.html, ${now}, ${now}, null
    from course.item as item join ${sql.raw(acts)} as act using (tenant_id, id)
    where tenant_id = ${tenantId} and act.act = 'change' and item.html is not null and item.html is distinct from (
      select html from course.page_revision as revision
      where revision.tenant_id = ${tenantId} and revision.item_id = item.id order by version desc limit 1)
    on conflict do nothing`.execute(tx<Tables>())
}
