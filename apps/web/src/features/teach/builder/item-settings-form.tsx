import type { Item, OutlineUnit } from '@lyceum/course/contract'
import { NumberInput, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/Combobox.css'
import '@mantine/core/styles/NumberInput.css'
import '@mantine/core/styles/Switch.css'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { fieldErrorsOf } from '../../../ui/problem.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { SaveState } from '../../../ui/save-state.tsx'
import { ClashNotice } from '../clash-notice.tsx'
import { MomentField } from '../moment-field.tsx'
import { usePatch } from '../use-patch.ts'
import { CompletionField } from './completion-field.tsx'
import { FileField } from './file-field.tsx'
import { fieldsOf, type ItemFields } from './item-fields.ts'
import { PrerequisiteField } from './prerequisite-field.tsx'

interface Props {
  readonly item: Item
  readonly units: readonly OutlineUnit[]
}

const FIELDS = ['title', 'minutes', 'url', 'note', 'completion', 'opensAt', 'dueAt', 'requires']

/** The settings of one item, by what it is. */
export function ItemSettingsForm({ item, units }: Props) {
  const { t } = useTranslation('teach')
  const itemId = item.id
  const patch = usePatch<ItemFields>({
    initial: fieldsOf(item),
    version: item.version,
    send: (part, version) => api.course.updateItem({ itemId, ...part }, { ifMatch: version }),
    newest: async () => {
      const there = await api.course.getItem({ itemId })
      return { values: fieldsOf(there), version: there.version }
    }
  })
  const { values, change } = patch
  const errors = fieldErrorsOf(patch.error)
  const fault = (field: string) => (errors[field] ? { error: errors[field] } : {})
  const late = values.opensAt && values.dueAt && values.dueAt <= values.opensAt

  return (
    <Stack gap="lg">
      <SaveState state={patch.state} savedAt={patch.savedAt} />
      <ProblemAlert error={patch.error} fields={FIELDS} />
      <ClashNotice clash={patch.clash} onSettle={patch.settle} />
      <TextInput
        label={t('itemSettings.name')}
        dir="auto"
        maxLength={200}
        value={values.title}
        onChange={(event) => change({ title: event.currentTarget.value })}
        onBlur={() => void patch.flush()}
        {...fault('title')}
      />
      <Switch
        label={t('itemSettings.published')}
        description={t('itemSettings.publishedHint')}
        checked={values.published}
        onChange={(event) => change({ published: event.currentTarget.checked }, 'now')}
      />
      {item.kind === 'video' || item.kind === 'file' ? (
        <FileField
          kind={item.kind}
          file={item.file}
          fileId={values.fileId}
          captions={values.captions}
          onChange={(part) => change(part, 'now')}
        />
      ) : null}
      {item.kind === 'link' || (item.kind === 'video' && values.fileId === null) ? (
        <TextInput
          label={t('itemSettings.url')}
          inputMode="url"
          dir="ltr"
          value={values.url ?? ''}
          onChange={(event) => change({ url: event.currentTarget.value || null })}
          onBlur={() => void patch.flush()}
          {...fault('url')}
        />
      ) : null}
      {item.kind === 'heading' ? null : (
        <>
          {item.kind === 'page' ? null : (
            <Textarea
              label={t('itemSettings.note')}
              description={t('itemSettings.noteHint')}
              dir="auto"
              rows={3}
              maxLength={4000}
              value={values.note ?? ''}
              onChange={(event) => change({ note: event.currentTarget.value || null })}
              onBlur={() => void patch.flush()}
              {...fault('note')}
            />
          )}
          <CompletionField
            kind={item.kind}
            value={values.completion}
            onChange={(completion) => change({ completion })}
            error={errors.completion}
          />
          <NumberInput
            label={t('itemSettings.minutes')}
            description={t('itemSettings.minutesHint')}
            min={0}
            max={6000}
            hideControls
            allowDecimal={false}
            value={values.minutes ?? ''}
            onChange={(minutes) => change({ minutes: typeof minutes === 'number' ? minutes : null })}
            {...fault('minutes')}
          />
          <MomentField
            label={t('itemSettings.opensAt')}
            value={values.opensAt}
            onChange={(opensAt) => change({ opensAt })}
            error={errors.opensAt}
          />
          <MomentField
            label={t('itemSettings.dueAt')}
            deadline
            value={values.dueAt}
            onChange={(dueAt) => change({ dueAt })}
            error={late ? t('itemSettings.dueBeforeOpen') : errors.dueAt}
          />
          <PrerequisiteField
            id={itemId}
            of="item"
            units={units}
            value={values.requires}
            onChange={(requires) => change({ requires }, 'now')}
            error={errors.requires}
          />
        </>
      )}
    </Stack>
  )
}
