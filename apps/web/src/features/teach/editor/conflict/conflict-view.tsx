import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemAlert } from '../../../../ui/problem-alert.tsx'
import { shortTime } from '../../../../ui/time-words.ts'
import { useViewer } from '../../../../ui/viewer.tsx'
import type { Conflict } from '../draft/use-autosave.ts'
import { SafeHtml } from '../safe-html.tsx'
import { blocksOf, keyOfBlock } from './blocks.ts'
import classes from './conflict.module.css'
import { type Choice, choose, compare, obvious, type Part } from './merge.ts'

interface Props {
  readonly conflict: Conflict
  /** Saves the page that was put together. */
  readonly onResolve: (html: string) => Promise<void>
}

/** Two versions of a page side by side: what differs is marked and chosen place by place, or one side throughout. */
export function ConflictView({ conflict, onResolve }: Props) {
  const { t, i18n } = useTranslation('teach')
  const { timeZone } = useViewer()
  const { theirs } = conflict
  const parts = useMemo(
    () => compare(blocksOf(conflict.base), blocksOf(conflict.mine), blocksOf(theirs.html), keyOfBlock),
    [conflict, theirs.html]
  )
  // The parts of one conflict never change their order.
  const rows = parts.map((part, index) => ({ id: `part-${index}`, part, index }))
  const [choices, setChoices] = useState<readonly (Choice | undefined)[]>(() => parts.map(obvious))
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>()
  const places = parts.filter(({ changed }) => changed !== 'nobody').length
  const open = choices.filter((choice) => choice === undefined).length
  const name = theirs.savedBy ?? t('conflict.somebody')
  const at = shortTime(new Date(theirs.savedAt), i18n.language, timeZone)
  const all = (choice: Choice) => setChoices(parts.map((part) => (part.changed === 'nobody' ? 'mine' : choice)))

  const save = async () => {
    setPending(true)
    setError(undefined)
    try {
      await onResolve(
        choose(
          parts,
          choices.map((choice) => choice ?? 'both')
        ).join('\n')
      )
    } catch (fault) {
      setError(fault)
    } finally {
      setPending(false)
    }
  }

  return (
    <section aria-labelledby="conflict-title" className={classes.conflict}>
      <h2 id="conflict-title" className={classes.title}>
        {t('conflict.title', { name })}
      </h2>
      <p className={classes.words}>{t('conflict.words')}</p>
      <div className={classes.tools}>
        <Button variant="default" size="sm" onClick={() => all('mine')}>
          {t('conflict.allMine')}
        </Button>
        <Button variant="default" size="sm" onClick={() => all('theirs')}>
          {t('conflict.allTheirs')}
        </Button>
        <span role="status" className={classes.open}>
          {open > 0 ? t('conflict.open', { count: open }) : t('conflict.places', { count: places })}
        </span>
      </div>
      <ol className={classes.parts}>
        {rows.map(({ id, part, index }) => (
          <PartRow
            key={id}
            part={part}
            number={parts.slice(0, index + 1).filter(({ changed }) => changed !== 'nobody').length}
            theirName={`${name}, ${at}`}
            choice={choices[index]}
            onChoose={(choice) => setChoices((before) => before.map((one, place) => (place === index ? choice : one)))}
          />
        ))}
      </ol>
      <ProblemAlert error={error} />
      <div className={classes.footer}>
        <p>{t(open > 0 ? 'conflict.openHint' : 'conflict.keptHint')}</p>
        <Button loading={pending} disabled={open > 0} onClick={() => void save()}>
          {t('conflict.save')}
        </Button>
      </div>
    </section>
  )
}

interface PartProps {
  readonly part: Part
  readonly number: number
  readonly theirName: string
  readonly choice: Choice | undefined
  readonly onChoose: (choice: Choice) => void
}

function PartRow({ part, number, theirName, choice, onChoose }: PartProps) {
  const { t } = useTranslation('teach')
  if (part.changed === 'nobody')
    return (
      <li className={classes.same}>
        <details>
          <summary>{t('conflict.same', { count: part.mine.length })}</summary>
          <SafeHtml html={part.mine.join('\n')} />
        </details>
      </li>
    )
  const sides = [
    { value: 'mine', label: t('conflict.mine'), blocks: part.mine, own: part.changed !== 'theirs' },
    { value: 'theirs', label: theirName, blocks: part.theirs, own: part.changed !== 'mine' }
  ] as const
  return (
    <li className={classes.part} data-open={choice === undefined || undefined}>
      <fieldset>
        <legend>
          {t('conflict.place', { number })} · {t(`conflict.changed.${part.changed}`)}
        </legend>
        <div className={classes.sides}>
          {sides.map(({ value, label, blocks, own }) => (
            <label
              key={value}
              className={classes.side}
              data-chosen={choice === value || choice === 'both' || undefined}
              data-changed={own || undefined}
            >
              <span className={classes.sideHead}>
                <input
                  type="radio"
                  name={`part-${number}`}
                  checked={choice === value}
                  onChange={() => onChoose(value)}
                />
                <bdi>{label}</bdi>
                <small>{t(own ? 'conflict.isChanged' : 'conflict.isBefore')}</small>
              </span>
              {blocks.length === 0 ? (
                <em className={classes.gone}>{t('conflict.gone')}</em>
              ) : (
                <SafeHtml html={blocks.join('\n')} />
              )}
            </label>
          ))}
        </div>
        {part.mine.length > 0 && part.theirs.length > 0 ? (
          <label className={classes.both}>
            <input type="radio" name={`part-${number}`} checked={choice === 'both'} onChange={() => onChoose('both')} />
            {t('conflict.both')}
          </label>
        ) : null}
      </fieldset>
    </li>
  )
}
