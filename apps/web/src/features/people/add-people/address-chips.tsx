import { CloseButton } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import { useTranslation } from 'react-i18next'
import classes from './add-people.module.css'
import type { Addressee } from './addresses.ts'

interface Props {
  readonly people: readonly Addressee[]
  readonly onRemove: (person: Addressee) => void
}

/** Who was understood out of the text; what is no address stands first, so that nobody overlooks it. */
export function AddressChips({ people, onRemove }: Props) {
  const { t } = useTranslation('people')
  if (people.length === 0) return null
  const ordered = people.toSorted((one, other) => Number(one.valid) - Number(other.valid))
  return (
    <ul className={classes.chips} aria-label={t('addPeople.understood')}>
      {ordered.map((person) => (
        <li key={person.email} className={classes.chip} data-invalid={!person.valid || undefined}>
          {person.valid ? null : <IconAlertTriangle size={16} aria-hidden />}
          <span>
            {person.name ? <bdi>{person.name} </bdi> : null}
            <bdi dir="ltr">{person.email}</bdi>
            {person.valid ? null : ` — ${t('addPeople.notAnAddress')}`}
          </span>
          <CloseButton
            size="sm"
            aria-label={t('addPeople.leaveOut', { name: person.email })}
            onClick={() => onRemove(person)}
          />
        </li>
      ))}
    </ul>
  )
}
