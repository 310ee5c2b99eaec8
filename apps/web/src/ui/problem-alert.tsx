import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import { fieldErrorsOf } from './problem.ts'
import classes from './problem-alert.module.css'
import { useProblemWords } from './use-problem-words.ts'

interface Props {
  readonly error: unknown
  /** Names of the fields that tell their own faults. */
  readonly fields?: readonly string[]
}

/** A refusal above a form. Says nothing when every fault is already told at its field. */
export function ProblemAlert({ error, fields = [] }: Props) {
  const words = useProblemWords()
  if (!error) return null
  const faults = Object.keys(fieldErrorsOf(error))
  if (faults.length > 0 && faults.every((fault) => fields.includes(fault))) return null
  return (
    <div role="alert" className={classes.alert}>
      <IconAlertTriangle size={20} aria-hidden />
      <span>{words(error)}</span>
    </div>
  )
}
