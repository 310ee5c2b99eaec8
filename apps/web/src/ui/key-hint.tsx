import { useSyncExternalStore } from 'react'
import classes from './key-hint.module.css'

/** `mod+k` drawn as the keys of this keyboard: ⌘K on Apple's, Ctrl K elsewhere. */
export function KeyHint({ keys }: { readonly keys: string }) {
  const apple = useSyncExternalStore(never, isApple, () => false)
  const caps = keys
    .split('+')
    .map((key) => (key === 'mod' ? (apple ? '⌘' : 'Ctrl') : key.length === 1 ? key.toUpperCase() : key))
  return (
    <span className={classes.hint} aria-hidden="true" dir="ltr">
      {caps.map((cap) => (
        <kbd key={cap} data-cap={cap} />
      ))}
    </span>
  )
}

const isApple = () => /Mac|iP(hone|ad)/.test(navigator.userAgent)

/** A keyboard does not change its make; this is read anew only because the server could not know. */
const never = () => () => undefined
