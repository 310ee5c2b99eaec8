/** Saves rows as a CSV (RFC 4180) that spreadsheets open in the right alphabet. */
export function downloadCsv(fileName: string, rows: readonly (readonly string[])[]): void {
  // Spreadsheets take a file for UTF-8 only when it starts with a byte order mark.
  const blob = new Blob(['\uFEFF', csvOf(rows)], { type: 'text/csv;charset=utf-8' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** RFC 4180, with fields that a spreadsheet would run as a formula made harmless by a leading apostrophe. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')

const field = (value: string): string => {
  const tame = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+([.,]\d+)?$/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}
