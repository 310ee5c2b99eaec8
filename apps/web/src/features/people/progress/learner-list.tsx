import type { LearnerProgress } from '@lyceum/course/contract'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { PersonName } from '../../../ui/person-name.tsx'
import { ProgressBar } from '../../../ui/progress.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import classes from './progress.module.css'

type Learner = Static<typeof LearnerProgress>

interface Props {
  readonly learners: readonly Learner[]
  readonly onOpen: (learner: Learner) => void
}

/** The same learners where there is no room for a matrix: one card each, the items behind it. */
export function LearnerList({ learners, onOpen }: Props) {
  const { t } = useTranslation('people')
  return (
    <ul className={classes.cards} aria-label={t('courseProgress.matrix')}>
      {learners.map((learner) => (
        <li key={learner.userId} className={classes.card}>
          <PersonName name={learner.name}>
            <button type="button" className={classes.cardButton} onClick={() => onOpen(learner)}>
              <bdi>{learner.name}</bdi>
            </button>
          </PersonName>
          <ProgressBar
            completed={learner.completed}
            total={learner.total}
            label={t('coursePeople.progressOf', { name: learner.name })}
          />
          <span className={classes.quiet}>
            {t('lastSeen')}: {learner.lastSeenAt ? <RelativeTime at={learner.lastSeenAt} /> : t('never')}
          </span>
        </li>
      ))}
    </ul>
  )
}
