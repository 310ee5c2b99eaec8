import { KeyHint } from '../../../ui/key-hint.tsx'
import { useReader } from '../outline/use-reader.ts'
import classes from './turning-hint.module.css'
import { switchTurningKeys, useAreTurningKeysOn } from './turning-keys.ts'

/** Tells of the keys where there is a keyboard, and lets them be switched off. */
export function TurningHint() {
  const { t } = useReader()
  const on = useAreTurningKeysOn()
  return (
    <div className={classes.hint} data-chrome data-off={on ? undefined : ''}>
      <span>
        <KeyHint keys="p" /> {t('footer.previous')}
      </span>
      <span>
        <KeyHint keys="n" /> {t('footer.next')}
      </span>
      <button type="button" onClick={() => switchTurningKeys(!on)}>
        {t(on ? 'keys.off' : 'keys.on')}
      </button>
    </div>
  )
}
