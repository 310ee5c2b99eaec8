import type { CourseHome, Item } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs'
import IconInfoCircle from '@tabler/icons-react/dist/esm/icons/IconInfoCircle.mjs'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { query } from '../../../api.ts'
import { path } from '../../../path.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { ProgressBar } from '../../../ui/progress.tsx'
import classes from './aside.module.css'
import { checkContent, checkOutline, type Finding } from './checks.ts'
import { handleId } from './use-moving.ts'

const AT_ONCE = 3

/** What to look at before learners do: from the outline at once, from the contents when asked to read them. */
export function CourseChecks({ home }: { readonly home: CourseHome }) {
  const { t } = useTranslation('teach')
  const outline = useMemo(() => checkOutline(home.course, home.units, new Date()), [home])
  const contents = useContentChecks(home)
  const findings = [...outline, ...(contents.findings ?? [])]
  const ordered = findings.toSorted((one, other) => Number(other.weight === 'stop') - Number(one.weight === 'stop'))
  return (
    <section className={classes.panel} aria-label={t('checks.title')}>
      {ordered.length === 0 ? (
        <p className={classes.allGood}>
          <IconCircleCheck size={20} aria-hidden />
          {t(contents.findings ? 'checks.allGood' : 'checks.outlineGood')}
        </p>
      ) : (
        <ul className={classes.findings}>
          {ordered.map((finding) => (
            <FindingRow
              key={`${finding.code} ${finding.itemId ?? finding.unitId ?? ''}`}
              home={home}
              finding={finding}
            />
          ))}
        </ul>
      )}
      {contents.reading ? (
        <ProgressBar label={t('checks.reading')} completed={contents.read} total={contents.total} />
      ) : (
        <Button variant="default" size="sm" fullWidth onClick={() => void contents.start()}>
          {t(contents.findings ? 'checks.again' : 'checks.readContents')}
        </Button>
      )}
      <ProblemAlert error={contents.error} />
    </section>
  )
}

function FindingRow({ home, finding }: { readonly home: CourseHome; readonly finding: Finding }) {
  const { t } = useTranslation('teach')
  const { itemId, unitId } = finding
  const courseId = home.course.id
  const Icon = finding.weight === 'stop' ? IconAlertTriangle : IconInfoCircle
  const isPage = home.units.some((unit) => unit.items.some((item) => item.id === itemId && item.kind === 'page'))
  const editable = itemId && isPage && (finding.code === 'page-empty' || finding.code === 'picture-without-text')
  const target = itemId ?? unitId
  return (
    <li data-weight={finding.weight}>
      <Icon size={18} role="img" aria-label={t(`checks.weight.${finding.weight}`)} />
      <span>
        {target === undefined ? null : editable ? (
          <Link to={path.itemEdit({ courseId, itemId })} dir="auto">
            {finding.title}
          </Link>
        ) : (
          <a
            href={`#${handleId(target)}`}
            dir="auto"
            onClick={(event) => {
              event.preventDefault()
              const row = document.getElementById(handleId(target))
              row?.focus()
              row?.scrollIntoView({ block: 'center' })
            }}
          >
            {finding.title}
          </a>
        )}
        {finding.code === 'no-description' ? (
          <Link to={path.courseSettings({ courseId })}>{t(`checks.code.${finding.code}`)}</Link>
        ) : (
          <span>{t(`checks.code.${finding.code}`, { count: finding.count ?? 1 })}</span>
        )}
      </span>
    </li>
  )
}

function useContentChecks(home: CourseHome) {
  const queryClient = useQueryClient()
  const [findings, setFindings] = useState<readonly Finding[]>()
  const [read, setRead] = useState<number>()
  const [error, setError] = useState<unknown>()
  const ids = home.units.flatMap((unit) => unit.items.filter(({ kind }) => kind !== 'heading').map(({ id }) => id))

  const start = async () => {
    setError(undefined)
    setRead(0)
    const waiting = [...ids]
    const found: Finding[] = []
    const worker = async () => {
      for (let itemId = waiting.shift(); itemId !== undefined; itemId = waiting.shift()) {
        const item: Item = await queryClient.fetchQuery({
          ...query('course', 'getItem', { itemId }),
          staleTime: 0,
          gcTime: 0
        })
        found.push(...checkContent(item))
        setRead((count) => (count ?? 0) + 1)
      }
    }
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      setFindings(found.toSorted((one, other) => ids.indexOf(one.itemId ?? '') - ids.indexOf(other.itemId ?? '')))
    } catch (fault) {
      setError(fault)
    } finally {
      setRead(undefined)
    }
  }
  return { findings, error, start, reading: read !== undefined, read: read ?? 0, total: ids.length }
}
