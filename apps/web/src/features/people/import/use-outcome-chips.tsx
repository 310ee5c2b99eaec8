import type { ImportRow, PeopleImport } from '@lyceum/course/contract'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import IconEqual from '@tabler/icons-react/dist/esm/icons/IconEqual.mjs'
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs'
import IconUserCheck from '@tabler/icons-react/dist/esm/icons/IconUserCheck.mjs'
import IconUserPlus from '@tabler/icons-react/dist/esm/icons/IconUserPlus.mjs'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type { CountChip } from '../../../ui/count-chips.tsx'

export type Outcome = Static<typeof ImportRow>['outcome']
type OutcomeChip = CountChip & { readonly key: Outcome }

/** The outcomes that rows of this import can have now, with their numbers. */
export function useOutcomeChips({ state, counts }: PeopleImport): readonly OutcomeChip[] {
  const { t } = useTranslation('people')
  const label = (outcome: Outcome) => t(`peopleImport.outcomes.${outcome}`)
  const chip = (key: Outcome, icon: OutcomeChip['icon'], tone: OutcomeChip['tone'], count?: number): OutcomeChip => ({
    key,
    label: label(key),
    icon,
    ...(tone ? { tone } : {}),
    ...(count === undefined ? {} : { count })
  })
  const undoing = state === 'undoing' || state === 'undone'
  const planned = state === 'checked' || state === 'checking' || state === 'committing' || state === 'failed'
  const all = [
    ...(planned
      ? [
          chip('create', <IconUserPlus size={20} aria-hidden />, 'info', counts.create),
          chip('enrol', <IconUserCheck size={20} aria-hidden />, 'info', counts.enrol)
        ]
      : []),
    ...(counts.done > 0 ? [chip('done', <IconCheck size={20} aria-hidden />, 'good', counts.done)] : []),
    ...(undoing
      ? [
          chip('undone', <IconRefresh size={20} aria-hidden />, 'quiet'),
          chip('failed', <IconAlertTriangle size={20} aria-hidden />, 'bad')
        ]
      : []),
    chip('unchanged', <IconEqual size={20} aria-hidden />, 'quiet', counts.unchanged),
    chip('error', <IconAlertTriangle size={20} aria-hidden />, 'bad', undoing ? undefined : counts.errors)
  ]
  return all
}
