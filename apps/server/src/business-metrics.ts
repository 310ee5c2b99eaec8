import { CourseCompleted, LearnerEnrolled } from '@lyceum/course/contract'
import { FileStored } from '@lyceum/file/contract'
import type { Metrics } from '@lyceum/platform/metrics'
import type { RelayedEvent } from '@lyceum/platform/relay'
import { PersonChanged } from '@lyceum/user/contract'
import { Check } from 'typebox/value'

/**
 * What schools do, counted from the events that modules tell anyway; none of it can slow a request down. Each process
 * counts what it handed on, so their sum is the installation's.
 */
export function countBusiness(metrics: Metrics): (event: RelayedEvent) => void {
  const registrations = metrics.tenantCounter('lyceum_registrations_total', 'New accounts, by school')
  const enrolments = metrics.tenantCounter('lyceum_enrolments_total', 'Enrolments in courses, by school')
  const completions = metrics.tenantCounter('lyceum_course_completions_total', 'Courses completed, by school')
  const uploads = metrics.tenantCounter('lyceum_uploads_total', 'Files stored, by school')
  const bytes = metrics.tenantCounter('lyceum_upload_bytes_total', 'Bytes of those files, by school')
  return ({ name, tenant_id: tenantId, payload }) => {
    metrics.relayed(name)
    if (name === LearnerEnrolled.name) enrolments(tenantId)
    if (name === CourseCompleted.name) completions(tenantId)
    if (name === PersonChanged.name && Check(PersonChanged.payload, payload) && payload.isNew === true)
      registrations(tenantId)
    if (name === FileStored.name && Check(FileStored.payload, payload)) {
      uploads(tenantId)
      bytes(tenantId, payload.size)
    }
  }
}
