import type { StatusPart } from '@lyceum/platform/system/contract'
import { useTranslation } from 'react-i18next'
import { shortTime } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'

export const isWrong = ({ state }: StatusPart): boolean => state === 'late' || state === 'broken'

/** What is wrong first, then what is fine; otherwise in the order they came. */
export const inOrder = (parts: readonly StatusPart[]): readonly StatusPart[] => [
  ...parts.filter(isWrong),
  ...parts.filter((part) => !isWrong(part))
]

interface Words {
  readonly name: string
  readonly sentence: string
  /** What to do about it, where something is to be done. */
  readonly remedy: string | null
}

/** A finding in the words of the reader, with their clock and their numbers. */
export function useStatusWords(): (part: StatusPart) => Words {
  const { t, i18n } = useTranslation('admin')
  const { locale, timeZone } = useViewer()
  const isPart = (part: string): part is 'database' => i18n.exists(`status.parts.${part}`, { ns: 'admin' })
  const hasRemedy = (finding: string): finding is 'mail.late' => i18n.exists(`status.todo.${finding}`, { ns: 'admin' })
  const time = (at: string | null) => (at === null ? '' : shortTime(new Date(at), locale, timeZone))
  const lasting = (seconds: number | null | undefined): string => {
    if (seconds === null || seconds === undefined) return t('status.notKnown')
    const minutes = Math.max(1, Math.ceil(seconds / 60))
    return new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(minutes)
  }
  return ({ name, finding, count, since, until, percent, detail, backup }) => {
    const values = {
      count: count ?? 0,
      number: new Intl.NumberFormat(locale).format(count ?? 0),
      since: time(since),
      until: time(until),
      percent: new Intl.NumberFormat(locale, { style: 'percent' }).format((percent ?? 0) / 100),
      detail: detail ?? '',
      lastSet: time(backup?.lastSetAt ?? null) || t('status.notKnown'),
      proven: time(backup?.provenAt ?? null) || t('status.never'),
      lost: lasting(backup?.lostSeconds),
      back: lasting(backup?.backSeconds)
    }
    const part = name.replace(/ .*/, '')
    const open = finding === 'freeze.held' && until === null
    return {
      name: isPart(part) ? t(`status.parts.${part}`, { detail: name.slice(part.length + 1) }) : name,
      sentence: open ? t('status.says.freeze.heldOpen', values) : t(`status.says.${finding}`, values),
      remedy: hasRemedy(finding) ? t(`status.todo.${finding}`, values) : null
    }
  }
}
