import type { Columns } from '@lyceum/platform/column-policy'
import { derived, flag, id, instant, kept, replaced, text, word } from '@lyceum/platform/column-policy'

const bytes = derived('goes with the bytes that take the place of the file')

/** What every column of this module is, for copies that nobody may be found in. */
export const columns: Columns = {
  'file.file': {
    columns: {
      tenant_id: id,
      id,
      name: replaced('file-name'),
      media_type: kept('found in the bytes; what takes their place is of the same type'),
      size: bytes,
      sha256: bytes,
      key: bytes,
      scripted: flag,
      width: bytes,
      height: bytes,
      state: word,
      reason: text,
      received_at: instant,
      created_at: instant,
      created_by: id,
      deleted_at: instant,
      deleted_by: id
    },
    without: { where: `state = 'receiving'`, why: 'half of somebody’s upload' }
  },
  'file.rendition': {
    columns: { tenant_id: id, sha256: bytes, variant: word, key: bytes, created_at: instant },
    without: { where: 'true', why: 'smaller pictures of pictures; made again when they are asked for' }
  }
}
