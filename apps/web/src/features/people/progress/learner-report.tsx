import type { LearnerProgress, ProgressState } from '@lyceum/course/contract'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs'
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Static } from 'typebox'
import { pages } from '../../../api.ts'
import { path } from '../../../path.ts'
import { downloadCsv } from '../../../ui/csv.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Loading } from '../../../ui/loading.tsx'
import { LearnerList } from './learner-list.tsx'
import { LearnerSheet } from './learner-sheet.tsx'
import classes from './progress.module.css'
import { type MatrixItem, ProgressMatrix } from './progress-matrix.tsx'
import { progressStates, stateOfLetter } from './states.ts'
import { unitGroups } from './unit-groups.ts'

type Learner = Static<typeof LearnerProgress>
type Item = Omit<MatrixItem, 'place'>

const PAUSE_MS = 250
const NO_ITEMS: readonly Item[] = []

/** Learners by name with every item beside them; a list on a phone. */
export function LearnerReport({ courseId }: { readonly courseId: string }) {
  const { t } = useTranslation('people')
  const { t: ui } = useTranslation('ui')
  const [search, setSearch] = useState('')
  const [state, setState] = useState<ProgressState>()
  const [unit, setUnit] = useState('')
  const [open, setOpen] = useState<Learner>()
  const wide = useMediaQuery('(min-width: 48em)', true)
  const list = useInfiniteQuery({
    ...pages('course', 'listLearnerProgress', {
      courseId,
      ...(search ? { search } : {}),
      ...(state ? { state } : {})
    }),
    placeholderData: keepPreviousData
  })
  const learners = list.data?.pages.flatMap(({ entries }) => entries)
  const all = list.data?.pages[0]?.items ?? NO_ITEMS
  const items = useMemo(
    () => all.map((item, place) => ({ ...item, place })).filter((item) => unit === '' || item.unitTitle === unit),
    [all, unit]
  )
  const units = [...new Set(unitGroups(all).map(({ title }) => title))]

  const exportCsv = () =>
    downloadCsv(`${t('courseProgress.fileName')}.csv`, [
      [
        t('name'),
        t('email'),
        t('courseProgress.completed'),
        ...items.map(({ unitTitle, title }) => `${unitTitle} / ${title}`)
      ],
      ...(learners ?? []).map(({ name, email, completed, total, states }) => [
        name,
        email,
        `${completed}/${total}`,
        ...items.map(({ place }) => ui(`status.${stateOfLetter(states[place])}`))
      ])
    ])

  return (
    <>
      <div className={classes.toolbar}>
        <Search value={search} onChange={setSearch} />
        <NativeSelect
          size="sm"
          aria-label={t('courseProgress.state')}
          value={state ?? ''}
          onChange={(event) => setState(progressStates.find((one) => one === event.currentTarget.value))}
          data={[
            { value: '', label: t('courseProgress.anyState') },
            ...progressStates.map((value) => ({ value, label: ui(`status.${value}`) }))
          ]}
        />
        {units.length > 1 && wide ? (
          <NativeSelect
            size="sm"
            className={classes.unitChoice}
            aria-label={t('courseProgress.unit')}
            value={unit}
            onChange={(event) => setUnit(event.currentTarget.value)}
            data={[{ value: '', label: t('courseProgress.allUnits') }, ...units]}
          />
        ) : null}
        {learners && learners.length > 0 ? (
          <Button
            variant="subtle"
            size="sm"
            className={classes.export}
            leftSection={<IconDownload size={18} aria-hidden />}
            onClick={exportCsv}
          >
            {ui('table.export')}
          </Button>
        ) : null}
      </div>
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : learners === undefined ? (
        <Loading shape="rows" count={6} />
      ) : learners.length === 0 ? (
        <Nobody courseId={courseId} filtered={search !== '' || state !== undefined} />
      ) : all.length === 0 ? (
        <EmptyState>{t('courseProgress.noItems')}</EmptyState>
      ) : wide ? (
        <ProgressMatrix learners={learners} items={items} onOpen={setOpen} />
      ) : (
        <LearnerList learners={learners} onOpen={setOpen} />
      )}
      {learners && learners.length > 0 ? (
        <div className={classes.footer}>
          <span role="status">{ui('table.shown', { count: learners.length })}</span>
          {list.hasNextPage ? (
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('more')}
            </Button>
          ) : null}
        </div>
      ) : null}
      <LearnerSheet courseId={courseId} learner={open} onClose={() => setOpen(undefined)} />
    </>
  )
}

function Nobody({ courseId, filtered }: { readonly courseId: string; readonly filtered: boolean }) {
  const { t } = useTranslation('people')
  const { t: ui } = useTranslation('ui')
  return filtered ? (
    <EmptyState>{ui('table.nothingMatches')}</EmptyState>
  ) : (
    <EmptyState
      action={
        <Button component={Link} to={path.coursePeople({ courseId })}>
          {t('coursePeople.add')}
        </Button>
      }
    >
      {t('courseProgress.nobody')}
    </EmptyState>
  )
}

interface SearchProps {
  readonly value: string
  readonly onChange: (value: string) => void
}

function Search({ value, onChange }: SearchProps) {
  const { t } = useTranslation('people')
  const [text, setText] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => onChange(text.trim()), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text, onChange])
  return (
    <TextInput
      type="search"
      size="sm"
      className={classes.search}
      aria-label={t('coursePeople.search')}
      placeholder={t('coursePeople.search')}
      leftSection={<IconSearch size={18} aria-hidden />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  )
}
