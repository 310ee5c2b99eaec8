import { type FormEvent, useRef, useState } from 'react'
import { useFieldWords } from './use-problem-words.ts'

interface Submit {
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void
  readonly pending: boolean
  /** The last refusal, for `ProblemAlert`; cleared by the next try. */
  readonly error: unknown
  /** The message for a field, from the check here or from the server. */
  readonly fieldError: (name: string) => string | undefined
}

/**
 * A form whose fields live in the page, not in state: password managers, paste and slow phones all work with it.
 * @param act gets the fields by name; throw to show why not
 * @param check faults by field name that need no server to be known
 */
export function useSubmit(
  act: (fields: Record<string, string>) => Promise<unknown>,
  check: (fields: Record<string, string>) => Record<string, string | undefined> = () => ({})
): Submit {
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>()
  const [faults, setFaults] = useState<Record<string, string | undefined>>({})
  const busy = useRef(false)
  const fieldWords = useFieldWords()

  const refuse = (form: HTMLFormElement, found: Record<string, string | undefined>) => {
    setFaults(found)
    const first = [...form.elements].find((element) => 'name' in element && found[String(element.name)])
    if (first instanceof HTMLElement) first.focus()
  }

  const send = async (form: HTMLFormElement) => {
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
    setError(undefined)
    const found = check(fields)
    if (Object.values(found).some(Boolean)) return refuse(form, found)
    setFaults({})
    setPending(true)
    try {
      await act(fields)
    } catch (fault) {
      setError(fault)
      refuse(form, fieldWords(fault))
    } finally {
      setPending(false)
    }
  }

  return {
    onSubmit: (event) => {
      event.preventDefault()
      if (busy.current) return
      busy.current = true
      send(event.currentTarget).finally(() => {
        busy.current = false
      })
    },
    pending,
    error,
    fieldError: (name) => faults[name]
  }
}
