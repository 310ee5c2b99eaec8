import type { Icon } from '@tabler/icons-react'
import classes from './toolbar.module.css'

interface Props {
  readonly icon: Icon
  readonly label: string
  /** Keys as `aria-keyshortcuts` has them. */
  readonly keys?: string
  readonly active?: boolean
  readonly disabled?: boolean
  readonly onUse: () => void
}

/** One button of the toolbar. It keeps the focus in the text when it is clicked. */
export function Tool({ icon: Icon, label, keys, active, disabled = false, onUse }: Props) {
  return (
    <button
      type="button"
      className={classes.tool}
      aria-label={label}
      title={keys ? `${label} (${keys.replace('Control', 'Ctrl')})` : label}
      {...(keys ? { 'aria-keyshortcuts': keys } : {})}
      {...(active === undefined ? {} : { 'aria-pressed': active })}
      aria-disabled={disabled}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => disabled || onUse()}
    >
      <Icon size={20} stroke={1.8} aria-hidden />
    </button>
  )
}
