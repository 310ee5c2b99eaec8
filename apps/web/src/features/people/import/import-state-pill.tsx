import type { PeopleImport } from '@lyceum/course/contract'
import { useTranslation } from 'react-i18next'
import { type Status, StatusPill } from '../../../ui/status-pill.tsx'

const looks: Readonly<Record<PeopleImport['state'], Status>> = {
  checking: 'running',
  checked: 'waiting',
  committing: 'running',
  committed: 'done',
  undoing: 'running',
  undone: 'undone',
  failed: 'failed'
}

export function ImportStatePill({ state }: { readonly state: PeopleImport['state'] }) {
  const { t } = useTranslation('people')
  return <StatusPill status={looks[state]} label={t(`peopleImport.states.${state}`)} />
}

/** Whether the server is at work on it, so that asking again brings news. */
export const isBusy = (state: PeopleImport['state']): boolean =>
  state === 'checking' || state === 'committing' || state === 'undoing'
