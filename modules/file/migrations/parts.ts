import { ofTenant, type PartRules, stays } from '@lyceum/platform/backup/part-rule'
import { removeBytesLater } from '../src/file/remove-bytes-later.ts'

/** What becomes of every table of this module when a school comes back from a backup; what a course needs of it, the course says. */
export const parts = (ofCourse: string): PartRules => ({
  'file.file': ofTenant({
    except: `state = 'receiving'`,
    called: 'name',
    file: { column: 'key', where: 'deleted_at is null' },
    of: { course: { where: `deleted_at is null and id in (${ofCourse})`, how: 'again' } },
    finish: removeBytesLater
  }),
  'file.rendition': stays('smaller pictures of pictures; made again when they are asked for')
})
