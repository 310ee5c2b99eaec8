import type { Enrolment } from '@lyceum/course/contract'
import type { TFunction } from 'i18next'
import { showToast } from '../../../ui/toast.ts'

/** Puts the addresses on the clipboard as a mail program takes them. */
export async function copyAddresses(people: readonly Enrolment[], t: TFunction<'people'>): Promise<void> {
  try {
    await navigator.clipboard.writeText(
      people.map(({ name, email }) => `"${name.replaceAll('"', '')}" <${email}>`).join(', ')
    )
    showToast(t('coursePeople.copied', { count: people.length }), { tone: 'good' })
  } catch {
    // Browsers keep the clipboard from pages that are not served over https.
    showToast(t('coursePeople.notCopied'), { tone: 'bad' })
  }
}
