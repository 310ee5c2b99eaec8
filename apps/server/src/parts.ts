import { COURSE_FILES, parts as course } from '@lyceum/course/parts'
import { parts as file } from '@lyceum/file/parts'
import { parts as notification } from '@lyceum/notification/parts'
import type { PartRules } from '@lyceum/platform/backup/part-rule'
import { parts as platform } from '@lyceum/platform/parts'
import { parts as user } from '@lyceum/user/parts'

/** What becomes of every table of this release when a school or a course comes back from a backup. */
export const allParts: PartRules = { ...platform, ...user, ...file(COURSE_FILES), ...course, ...notification }
