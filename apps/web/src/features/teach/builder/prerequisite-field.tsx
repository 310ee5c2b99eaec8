import type { OutlineUnit } from '@lyceum/course/contract'
import { CloseButton, Input, NativeSelect } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { circleOf } from './prerequisites.ts'
import classes from './settings.module.css'

interface Props {
  readonly id: string
  readonly of: 'item' | 'unit'
  readonly units: readonly OutlineUnit[]
  readonly value: readonly string[]
  readonly onChange: (value: string[]) => void
  readonly error?: string | undefined
}

/** What has to be completed first. What would make a circle cannot be chosen, and the circle is shown. */
export function PrerequisiteField({ id, of, units, value, onChange, error }: Props) {
  const { t } = useTranslation('teach')
  const labelId = useId()
  const candidates =
    of === 'unit'
      ? units.map((unit) => ({ id: unit.id, title: unit.title, group: '' }))
      : units.flatMap((unit) =>
          unit.items
            .filter(({ kind, completion }) => kind !== 'heading' && completion.kind !== 'none')
            .map((item) => ({ id: item.id, title: item.title, group: unit.title }))
        )
  const titles = new Map([
    ...units.map((unit) => [unit.id, unit.title] as const),
    ...units.flatMap((unit) => unit.items.map((item) => [item.id, item.title] as const))
  ])
  const free = candidates
    .filter((one) => one.id !== id && !value.includes(one.id))
    .map((one) => ({ ...one, circle: circleOf(units, id, one.id) }))
  const refused = free.filter(({ circle }) => circle !== undefined)
  const open = free.filter(({ circle }) => circle === undefined)
  const groups = [...new Set(open.map(({ group }) => group))]

  return (
    <Input.Wrapper
      label={<span id={labelId}>{t(`requires.${of}`)}</span>}
      labelElement="div"
      descriptionProps={{ mb: 6 }}
      description={value.length === 0 ? t('requires.none') : t('requires.hint')}
      {...(error ? { error } : {})}
    >
      {value.length > 0 ? (
        <ul className={classes.chips} aria-labelledby={labelId}>
          {value.map((one) => (
            <li key={one}>
              <bdi>{titles.get(one) ?? t('requires.removed')}</bdi>
              <CloseButton
                size="sm"
                aria-label={t('requires.remove', { title: titles.get(one) ?? '' })}
                onClick={() => onChange(value.filter((other) => other !== one))}
              />
            </li>
          ))}
        </ul>
      ) : null}
      {open.length > 0 ? (
        <NativeSelect
          aria-label={t('requires.add')}
          value=""
          onChange={(event) => onChange([...value, event.currentTarget.value])}
        >
          <option value="">{t('requires.add')}</option>
          {groups.map((group) => {
            const options = open
              .filter((one) => one.group === group)
              .map((one) => (
                <option key={one.id} value={one.id}>
                  {one.title}
                </option>
              ))
            return group === '' ? (
              options
            ) : (
              <optgroup key={group} label={group}>
                {options}
              </optgroup>
            )
          })}
        </NativeSelect>
      ) : null}
      {refused.length > 0 ? (
        <details className={classes.refused}>
          <summary>{t('requires.refused', { count: refused.length })}</summary>
          <p>{t('requires.circle')}</p>
          <ul>
            {refused.map(({ id: refusedId, title, circle }) => (
              <li key={refusedId}>
                <bdi>{title}</bdi>
                <span>{circle?.map((one) => `“${one}”`).join(t('requires.arrow'))}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Input.Wrapper>
  )
}
