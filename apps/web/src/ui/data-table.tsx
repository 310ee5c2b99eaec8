import { Button, Checkbox, CloseButton, NativeSelect, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import IconArrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowDown.mjs'
import IconArrowsSort from '@tabler/icons-react/dist/esm/icons/IconArrowsSort.mjs'
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs'
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs'
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { downloadCsv } from './csv.ts'
import classes from './data-table.module.css'
import { EmptyState } from './empty-state.tsx'
import { ErrorState } from './error-state.tsx'
import { Loading } from './loading.tsx'

export interface Column<Row> {
  readonly key: string
  /** Empty for a column of buttons. */
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  /** What the column says as plain text: for the CSV and, unless `sortBy` is given, for sorting. */
  readonly text?: (row: Row) => string
  /** Makes the column sortable. */
  readonly sortBy?: (row: Row) => string | number
  readonly align?: 'start' | 'end'
  /** The name of the row: stands first and large on a phone. Exactly one column should have it. */
  readonly primary?: boolean
  /** In the CSV only, for what the screen shows inside another column. */
  readonly hidden?: boolean
}

interface Filter {
  readonly key: string
  readonly label: string
  /** '' is "all". */
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
}

interface Props<Row> {
  /** What the table lists, for people who hear it: "People of the school". */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  /** Undefined while the first page is on its way. */
  readonly rows: readonly Row[] | undefined
  readonly rowKey: (row: Row) => string
  readonly rowName: (row: Row) => string
  readonly search?: { readonly value: string; readonly onChange: (value: string) => void; readonly placeholder: string }
  readonly filters?: readonly Filter[]
  /** All that match, when the server counts them. */
  readonly total?: number | undefined
  readonly more?: { readonly has: boolean; readonly loading: boolean; readonly load: () => void }
  readonly error?: unknown
  readonly onRetry?: () => void
  readonly empty: ReactNode
  readonly emptyAction?: ReactNode
  /** Name of the CSV without ending; no export without it. */
  readonly exportName?: string
  /** Buttons for the selected rows; rows can be selected only with it. */
  readonly bulk?: (selected: readonly Row[], clear: () => void) => ReactNode
  readonly toolbar?: ReactNode
  /** Stands in place of the count and "Load more", for lists that are turned page by page. */
  readonly pager?: ReactNode
}

/** Every list of more than a handful: search, filters, sort, pages, selection, CSV; cards on a phone. */
export function DataTable<Row>(props: Props<Row>) {
  const { t, i18n } = useTranslation('ui')
  const { rows, rowKey, rowName, filters = [], more, bulk } = props
  const columns = props.columns.filter(({ hidden }) => !hidden)
  const [sort, setSort] = useState<{ key: string; descending: boolean }>()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const shown = sorted(rows ?? [], columns, sort, i18n.language)
  const chosen = shown.filter((row) => selected.has(rowKey(row)))
  const filtering = Boolean(props.search?.value) || filters.some(({ value }) => value !== '')
  const clear = () => setSelected(new Set())
  const toggle = (key: string) =>
    setSelected((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]))

  return (
    <div className={classes.frame}>
      <div className={classes.toolbar}>
        {props.search ? <Search {...props.search} /> : null}
        {filters.map((filter) => (
          <NativeSelect
            key={filter.key}
            aria-label={filter.label}
            size="sm"
            value={filter.value}
            onChange={(event) => filter.onChange(event.currentTarget.value)}
            data={[{ value: '', label: t('table.all', { what: filter.label }) }, ...filter.options]}
          />
        ))}
        <div className={classes.spacer} />
        {props.toolbar}
        {props.exportName && rows && rows.length > 0 ? (
          <Button
            variant="subtle"
            size="sm"
            leftSection={<IconDownload size={18} aria-hidden />}
            onClick={() => downloadCsv(`${props.exportName}.csv`, tableOf(props.columns, shown))}
          >
            {t('table.export')}
          </Button>
        ) : null}
      </div>

      {filtering ? <Chips {...props} /> : null}
      {bulk && chosen.length > 0 ? (
        <div className={classes.bulk} role="toolbar" aria-label={t('table.bulk')}>
          <strong role="status">{t('table.selected', { count: chosen.length })}</strong>
          {bulk(chosen, clear)}
          <CloseButton aria-label={t('table.clearSelection')} onClick={clear} />
        </div>
      ) : null}

      {props.error ? (
        <ErrorState error={props.error} {...(props.onRetry ? { onRetry: props.onRetry } : {})} />
      ) : rows === undefined ? (
        <Loading shape="rows" count={6} />
      ) : rows.length === 0 ? (
        <EmptyState action={filtering ? undefined : props.emptyAction}>
          {filtering ? t('table.nothingMatches') : props.empty}
        </EmptyState>
      ) : (
        <table className={classes.table} aria-label={props.label}>
          <thead>
            <tr>
              {bulk ? (
                <th className={classes.check}>
                  <Checkbox
                    aria-label={t('table.selectAll')}
                    checked={chosen.length === shown.length}
                    indeterminate={chosen.length > 0 && chosen.length < shown.length}
                    onChange={() =>
                      chosen.length === shown.length ? clear() : setSelected(new Set(shown.map(rowKey)))
                    }
                  />
                </th>
              ) : null}
              {columns.map((column) => (
                <Heading key={column.key} column={column} sort={sort} onSort={setSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={rowKey(row)} data-selected={selected.has(rowKey(row)) || undefined}>
                {bulk ? (
                  <td className={classes.check}>
                    <Checkbox
                      aria-label={t('table.selectRow', { name: rowName(row) })}
                      checked={selected.has(rowKey(row))}
                      onChange={() => toggle(rowKey(row))}
                    />
                  </td>
                ) : null}
                {columns.map((column) => (
                  <td
                    key={column.key}
                    data-label={column.header}
                    data-align={column.align}
                    data-primary={column.primary}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}

      {props.pager ? (
        <footer className={classes.footer}>{props.pager}</footer>
      ) : rows && rows.length > 0 ? (
        <footer className={classes.footer}>
          <span role="status">
            {props.total === undefined
              ? t('table.shown', { count: rows.length })
              : t('table.shownOf', { shown: rows.length, total: props.total })}
            {sort && more?.has ? ` ${t('table.sortedShown')}` : ''}
          </span>
          {more?.has ? (
            <Button variant="default" loading={more.loading} onClick={more.load}>
              {t('table.more')}
            </Button>
          ) : null}
        </footer>
      ) : null}
    </div>
  )
}

/** The text is kept here and told with a short delay, so that the server is asked for words and not for letters. */
function Search({ value, onChange, placeholder }: NonNullable<Props<never>['search']>) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => onChange(text), 250)
    return () => clearTimeout(timer)
  }, [text, value, onChange])
  return (
    <TextInput
      type="search"
      size="sm"
      className={classes.search}
      aria-label={placeholder}
      placeholder={placeholder}
      leftSection={<IconSearch size={18} aria-hidden />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  )
}

/** What narrows the list, each to be taken away by itself. */
function Chips<Row>({ search, filters = [] }: Props<Row>) {
  const { t } = useTranslation('ui')
  const chips = [
    ...(search?.value ? [{ key: 'search', text: `“${search.value}”`, remove: () => search.onChange('') }] : []),
    ...filters
      .filter(({ value }) => value !== '')
      .map(({ key, label, value, options, onChange }) => ({
        key,
        text: `${label}: ${options.find((option) => option.value === value)?.label ?? value}`,
        remove: () => onChange('')
      }))
  ]
  return (
    <ul className={classes.chips} aria-label={t('table.activeFilters')}>
      {chips.map(({ key, text, remove }) => (
        <li key={key}>
          {text}
          <CloseButton size="sm" aria-label={t('table.removeFilter', { filter: text })} onClick={remove} />
        </li>
      ))}
    </ul>
  )
}

interface HeadingProps<Row> {
  readonly column: Column<Row>
  readonly sort: { key: string; descending: boolean } | undefined
  readonly onSort: (sort: { key: string; descending: boolean }) => void
}

function Heading<Row>({ column, sort, onSort }: HeadingProps<Row>) {
  if (column.header === '') return <td data-align={column.align} />
  const active = sort?.key === column.key ? sort : undefined
  const Icon = active ? (active.descending ? IconArrowDown : IconArrowUp) : IconArrowsSort
  return (
    <th
      scope="col"
      data-align={column.align}
      {...(active ? { 'aria-sort': active.descending ? 'descending' : 'ascending' } : {})}
    >
      {column.sortBy ? (
        <button
          type="button"
          className={classes.sort}
          onClick={() => onSort({ key: column.key, descending: active ? !active.descending : false })}
        >
          {column.header}
          <Icon size={15} aria-hidden data-idle={!active || undefined} />
        </button>
      ) : (
        column.header
      )}
    </th>
  )
}

function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: { key: string; descending: boolean } | undefined,
  locale: string
): readonly Row[] {
  const by = columns.find(({ key }) => key === sort?.key)?.sortBy
  if (!sort || !by) return rows
  const words = new Intl.Collator(locale, { numeric: true })
  const order = (a: string | number, b: string | number) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(String(a), String(b))
  return rows.toSorted((one, other) => (sort.descending ? -1 : 1) * order(by(one), by(other)))
}

const tableOf = <Row,>(columns: readonly Column<Row>[], rows: readonly Row[]): string[][] => {
  const written = columns.flatMap(({ header, text }) => (text ? [{ header, text }] : []))
  return [written.map(({ header }) => header), ...rows.map((row) => written.map(({ text }) => text(row)))]
}
