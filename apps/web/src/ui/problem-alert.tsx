import { Alert } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import { fieldErrorsOf } from './problem.ts'
import { useProblemWords } from './use-problem-words.ts'

/** A refusal above a form. Says nothing when every fault is already told at its field. */
export function ProblemAlert({ error, fields = [] }: { readonly error: unknown; readonly fields?: readonly string[] }) {
  const words = useProblemWords()
  if (!error) return null
  const faults = Object.keys(fieldErrorsOf(error))
  if (faults.length > 0 && faults.every((fault) => fields.includes(fault))) return null
  return (
    <Alert
      role="alert"
      variant="light"
      icon={<IconAlertTriangle size={20} aria-hidden />}
      styles={{
        root: { background: 'var(--ly-bad-soft)', borderColor: 'transparent' },
        message: { color: 'var(--ly-bad)', fontWeight: 500 },
        icon: { color: 'var(--ly-bad)' }
      }}
    >
      {words(error)}
    </Alert>
  )
}
