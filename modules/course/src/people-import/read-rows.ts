import { CsvError, parse } from 'csv-parse/sync'
import {
  type Column,
  CsvColumnMissing,
  CsvMalformed,
  CsvNotText,
  CsvTooManyRows,
  columnOf,
  type FileRow,
  MAX_ROWS
} from './people-import.ts'

interface CsvRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

/**
 * Reads a CSV of people (RFC 4180, and what spreadsheets make of it: byte order mark, semicolons, tabs, blank lines).
 * A file that cannot be read as a whole is refused with the line at fault; wrong rows are left to `checkRows`.
 */
export function readRows(csv: string): FileRow[] {
  // PostgreSQL stores neither; both mean that the bytes were no text in the encoding somebody assumed.
  if (csv.includes('\0')) throw CsvNotText()
  const [header, ...records] = parseCsv(csv.toWellFormed())
  const columns = (header?.record ?? []).map(columnOf)
  if (!columns.includes('email')) throw CsvColumnMissing(header?.record ?? [])
  if (records.length > MAX_ROWS) throw CsvTooManyRows()
  return records.map(({ record, info }) => {
    const cell = (column: Column) => record[columns.indexOf(column)]?.trim() ?? ''
    return {
      row: info.lines,
      name: cell('name') || `${cell('firstName')} ${cell('lastName')}`.trim(),
      email: cell('email'),
      role: cell('role'),
      course: cell('course'),
      overlong: record.slice(columns.length).some((rest) => rest.trim() !== '')
    }
  })
}

function parseCsv(csv: string): CsvRecord[] {
  const options = {
    bom: true,
    delimiter: delimiterOf(csv),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    trim: true
  } as const
  const read = (to: number): CsvRecord[] =>
    // The parser's types leave records unknown; with `info` and without `columns` they are these.
    to === 0 ? [] : (parse(csv, { ...options, to }) as unknown as CsvRecord[])
  try {
    return read(MAX_ROWS + 2)
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    if (error.code !== 'CSV_QUOTE_NOT_CLOSED')
      throw CsvMalformed(Number(error.lines), 'it has a quotation mark in the middle of a cell.')
    // The parser notices at the end of the file; the quote was opened right after the last record it could read.
    const last = read(Number(error.records)).at(-1)
    throw CsvMalformed((last?.info.lines ?? 0) + 1, 'a quotation mark is opened and never closed.')
  }
}

/** The separator that the first line uses most, outside quotes. */
function delimiterOf(csv: string): string {
  const header = (/^\s*([^\r\n]*)/.exec(csv)?.[1] ?? '').replace(/"[^"]*"/g, '')
  const uses = (delimiter: string) => header.split(delimiter).length
  return [',', ';', '\t'].reduce((best, delimiter) => (uses(delimiter) > uses(best) ? delimiter : best))
}
