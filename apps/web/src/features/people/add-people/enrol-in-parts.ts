import type { Enrolment, EnrolmentRole } from '@lyceum/course/contract'
import { api } from '../../../api.ts'
import type { Addressee } from './addresses.ts'

/** As many as the server takes at once. */
const PART = 200

export interface EnrolResult {
  readonly enrolled: readonly Enrolment[]
  readonly alreadyEnrolled: readonly string[]
}

interface Enrolling {
  readonly courseId: string
  readonly role: EnrolmentRole
  readonly people: readonly Addressee[]
  readonly observes: readonly string[]
}

/** Enrols any number of people. After a failure half way, doing it again goes on: whoever is in stays in. */
export async function enrolInParts({ courseId, role, people, observes }: Enrolling): Promise<EnrolResult> {
  const enrolled: Enrolment[] = []
  const alreadyEnrolled: string[] = []
  for (let start = 0; start < people.length; start += PART) {
    const part = people.slice(start, start + PART)
    const answer = await api.course.enrolPeople({
      courseId,
      role,
      people: part.map(({ email, name }) => (name ? { email, name } : { email })),
      ...(role === 'observer' ? { observes: [...observes] } : {})
    })
    enrolled.push(...answer.enrolled)
    alreadyEnrolled.push(...answer.alreadyEnrolled)
  }
  return { enrolled, alreadyEnrolled }
}
