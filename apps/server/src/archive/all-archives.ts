import { archives as notification } from '@lyceum/notification/archives'
import type { ArchivePolicy } from '@lyceum/platform/archive-policy'
import { archives as platform } from '@lyceum/platform/archives'
import { archives as user } from '@lyceum/user/archives'

/** Everything old that may leave the database for a file. */
export const allArchives: readonly ArchivePolicy[] = [...platform, ...user, ...notification]
