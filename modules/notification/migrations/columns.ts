import type { Columns } from '@lyceum/platform/column-policy'
import { gone, id, instant, json, replaced, text, word } from '@lyceum/platform/column-policy'

/** What every column of this module is, for copies that nobody may be found in. */
export const columns: Columns = {
  'notification.notification': {
    columns: {
      tenant_id: id,
      id,
      user_id: id,
      kind: word,
      values: json({ role: word }),
      link: replaced('path'),
      created_at: instant,
      read_at: instant
    }
  },
  'notification.mail': {
    columns: {
      tenant_id: id,
      id,
      template: word,
      locale: word,
      to: replaced('email'),
      name: replaced('name'),
      subject: text,
      text,
      html: replaced('html'),
      link: gone('opens an account'),
      link_expires_at: instant,
      state: word,
      error: text,
      sending_until: instant,
      created_at: instant,
      sent_at: instant
    }
  }
}
