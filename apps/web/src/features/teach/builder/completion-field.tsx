import type { CompletionRule, ItemKind } from '@lyceum/course/contract'
import { NativeSelect, NumberInput, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useCompletionWords } from './completion-words.ts'

interface Props {
  readonly kind: ItemKind
  readonly value: CompletionRule
  readonly onChange: (value: CompletionRule) => void
  readonly error?: string | undefined
}

const KINDS = ['open', 'time', 'watched', 'done', 'none'] as const

const fresh: Readonly<Record<CompletionRule['kind'], CompletionRule>> = {
  none: { kind: 'none' },
  open: { kind: 'open' },
  time: { kind: 'time', seconds: 120 },
  watched: { kind: 'watched', percent: 90 },
  done: { kind: 'done' }
}

/** What a learner has to do so that an item counts, in words. */
export function CompletionField({ kind, value, onChange, error }: Props) {
  const { t } = useTranslation('teach')
  const words = useCompletionWords()
  const kinds = KINDS.filter((one) => one !== 'watched' || kind === 'video')
  return (
    <Stack gap="xs">
      <NativeSelect
        label={t('completion.label')}
        description={words(value)}
        value={value.kind}
        onChange={(event) => {
          const chosen = kinds.find((one) => one === event.currentTarget.value)
          if (chosen) onChange(fresh[chosen])
        }}
        data={kinds.map((one) => ({ value: one, label: t(`completion.kind.${one}`) }))}
        {...(error ? { error } : {})}
      />
      {value.kind === 'time' ? (
        <NumberInput
          label={t('completion.minutes')}
          min={1}
          max={240}
          hideControls
          allowDecimal={false}
          value={Math.ceil(value.seconds / 60)}
          onChange={(minutes) =>
            typeof minutes === 'number' &&
            minutes > 0 &&
            onChange({ kind: 'time', seconds: Math.min(minutes, 240) * 60 })
          }
        />
      ) : null}
      {value.kind === 'watched' ? (
        <NumberInput
          label={t('completion.percent')}
          min={1}
          max={100}
          suffix=" %"
          hideControls
          allowDecimal={false}
          value={value.percent}
          onChange={(percent) =>
            typeof percent === 'number' && percent > 0 && onChange({ kind: 'watched', percent: Math.min(percent, 100) })
          }
        />
      ) : null}
    </Stack>
  )
}
