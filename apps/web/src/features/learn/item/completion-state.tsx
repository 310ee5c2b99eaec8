import type { Item } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs'
import { announce } from '../../../ui/announce.ts'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { percentInWords, spentOf } from '../outline/duration-words.ts'
import { completionWords } from '../outline/lock-words.ts'
import { useReader } from '../outline/use-reader.ts'
import type { Study } from '../study/use-study.ts'
import classes from './completion-state.module.css'

interface Props {
  readonly item: Item
  readonly study: Study
  readonly watched: number
  readonly studying: boolean
}

/** What completes the item and how far one is; the button where that is for the learner to say. */
export function CompletionState({ item, study, watched, studying }: Props) {
  const reader = useReader()
  const { t, locale } = reader
  const { completion: rule, state } = item
  if (item.lock.length > 0 && state !== 'completed') return <StatusPill status="locked" />
  if (studying && rule.kind === 'done') return <DoneButton item={item} study={study} />
  if (state === 'completed')
    return (
      <p className={classes.completed}>
        <IconCircleCheckFilled size={24} aria-hidden />
        {t('footer.completed')}
      </p>
    )
  if (studying && rule.kind === 'time') {
    const { unit, spent, goal } = spentOf(study.seconds, rule.seconds)
    return <Far words={t(`footer.${unit}`, { spent, count: goal })} share={spent / goal} />
  }
  if (studying && rule.kind === 'watched')
    return (
      <Far
        words={t('footer.watched', {
          watched: percentInWords(watched, locale),
          goal: percentInWords(rule.percent, locale)
        })}
        share={watched / rule.percent}
      />
    )
  return <p className={classes.words}>{completionWords(rule, reader) ?? t('footer.nothing')}</p>
}

/** The same button says both, so that whoever pressed it stays where they are. */
function DoneButton({ item, study }: Pick<Props, 'item' | 'study'>) {
  const { t } = useReader()
  const done = item.state === 'completed'
  const press = () => {
    study.report({ done: !done }, true)
    if (done) announce(t('footer.takenBack'))
  }
  return (
    <Button
      onClick={press}
      className={classes.button ?? ''}
      data-done={done || undefined}
      variant={done ? 'light' : 'filled'}
      leftSection={done ? <IconCircleCheckFilled size={22} aria-hidden /> : <IconCheck size={20} aria-hidden />}
      {...(done ? { title: t('footer.takeBack') } : {})}
    >
      {t(done ? 'footer.completed' : 'footer.markDone')}
    </Button>
  )
}

function Far({ words, share }: { readonly words: string; readonly share: number }) {
  return (
    <div className={classes.far}>
      <p className={classes.words}>{words}</p>
      <div className={classes.track} aria-hidden="true">
        <div style={{ inlineSize: `${100 * Math.min(1, share)}%` }} />
      </div>
    </div>
  )
}
