import { Button, Checkbox, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { pages } from '../../../api.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Loading } from '../../../ui/loading.tsx'
import classes from './roster.module.css'

interface Props {
  readonly courseId: string
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

/** Learners of a course, to tick those an observer follows. */
export function LearnerPicker({ courseId, chosen, onChange }: Props) {
  const { t } = useTranslation('people')
  const [text, setText] = useState('')
  const search = useDeferredValue(text.trim())
  const list = useInfiniteQuery({
    ...pages('course', 'listEnrolments', { courseId, role: 'learner', ...(search ? { search } : {}) }),
    placeholderData: keepPreviousData
  })
  const learners = list.data?.pages.flatMap(({ entries }) => entries)
  const toggle = (userId: string, on: boolean) =>
    onChange(on ? [...chosen, userId] : chosen.filter((one) => one !== userId))
  return (
    <div>
      <p className={classes.hint}>{t('followed.words')}</p>
      <TextInput
        type="search"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        label={t('followed.search')}
        leftSection={<IconSearch size={18} aria-hidden />}
      />
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : learners === undefined ? (
        <Loading shape="rows" count={3} />
      ) : (
        <ul className={classes.followed} aria-label={t('followed.list')}>
          {learners.map(({ userId, name, email }) => (
            <li key={userId}>
              <Checkbox
                label={name}
                description={<bdi dir="ltr">{email}</bdi>}
                checked={chosen.includes(userId)}
                onChange={(event) => toggle(userId, event.currentTarget.checked)}
              />
            </li>
          ))}
          {learners.length === 0 ? <li>{t('followed.none')}</li> : null}
        </ul>
      )}
      {list.hasNextPage ? (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      ) : null}
    </div>
  )
}
