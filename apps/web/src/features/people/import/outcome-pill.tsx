import type { ImportRow } from '@lyceum/course/contract'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { type Status, StatusPill } from '../../../ui/status-pill.tsx'

type Outcome = Static<typeof ImportRow>['outcome']

const looks: Readonly<Record<Outcome, Status>> = {
  create: 'invited',
  enrol: 'active',
  unchanged: 'waiting',
  error: 'overdue',
  done: 'done',
  undone: 'undone',
  failed: 'failed'
}

export function OutcomePill({ outcome }: { readonly outcome: Outcome }) {
  const { t } = useTranslation('people')
  return <StatusPill status={looks[outcome]} label={t(`peopleImport.outcomes.${outcome}`)} />
}
