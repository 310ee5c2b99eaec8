import { useTranslation } from 'react-i18next'
import { useViewer } from '../../../ui/viewer.tsx'
import type { Reader } from './lock-words.ts'

/** In which language and zone to put things. */
export function useReader(): Reader {
  const { t, i18n } = useTranslation('learn')
  const { timeZone } = useViewer()
  return { t, locale: i18n.language, timeZone }
}
