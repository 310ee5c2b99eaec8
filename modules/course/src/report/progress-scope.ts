import { type CourseAccess, mustSeeProgress } from '../course/course-access.ts'

/** Whose progress the caller may see: null for everybody's, or the learners an observer follows. */
export function progressScope(access: CourseAccess): readonly string[] | null {
  if (access.enrolment?.role === 'observer' && !access.abilities.seeProgress) return access.enrolment.observes
  mustSeeProgress(access)
  return null
}
