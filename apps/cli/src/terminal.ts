import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Styles a text for standard output, where that is a terminal and nobody said NO_COLOR. */
export const styled = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream, validateStream: true })

/** The result of a command: one JSON object on a line, or text for a person. Everything else goes to `tell`. */
export function answer(json: boolean | undefined, value: object, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : withEnd(text()))
}

/** Progress, on standard error: never part of a result. */
export const tell = (line: string): void => void process.stderr.write(`${line}\n`)

/** Progress that replaces itself on a terminal and is one line for each new state elsewhere. */
export function progress(): { show(text: string): void; end(): void } {
  const live = process.stderr.isTTY === true
  let last = ''
  return {
    show: (text) => {
      if (text === last) return
      last = text
      process.stderr.write(live ? `\r\u001b[2K${text}` : `${text}\n`)
    },
    end: () => {
      if (live && last !== '') process.stderr.write('\r\u001b[2K')
    }
  }
}

/** Rows under each other, every column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), [])
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd()
    )
    .join('\n')
}

const withEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)
