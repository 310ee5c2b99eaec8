import type { Enrolment } from '@lyceum/course/contract'
import { useTranslation } from 'react-i18next'
import { showToast } from '../../../ui/toast.ts'

/** Puts addresses on the clipboard as a mail program takes them. */
export function useCopyAddresses(): (people: readonly Enrolment[]) => Promise<void> {
  const { t } = useTranslation('people')
  return async (people) => {
    try {
      await navigator.clipboard.writeText(people.map(asRecipient).join(', '))
      showToast(t('coursePeople.copied', { count: people.length }), { tone: 'good' })
    } catch {
      // Browsers keep the clipboard from pages that are not served over https.
      showToast(t('coursePeople.notCopied'), { tone: 'bad' })
    }
  }
}

const asRecipient = ({ name, email }: Enrolment): string => `"${name.replaceAll('"', '')}" <${email}>`
