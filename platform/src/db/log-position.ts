/**
 * A place in PostgreSQL's write-ahead log (`pg_lsn`) as a number, so that two can be compared: 2^53 bytes are nine
 * petabytes of writing.
 */
export type LogPosition = number

/** Beyond everything that was ever written: no replica has come this far. */
export const EVERYTHING: LogPosition = Number.MAX_SAFE_INTEGER

const HALF = 2 ** 32
const FORM = /^([0-9a-f]{1,8})\/([0-9a-f]{1,8})$/i

/** @returns undefined for what is no position, or none of a server that could exist */
export function parsePosition(text: string): LogPosition | undefined {
  const [, high, low] = FORM.exec(text) ?? []
  if (high === undefined || low === undefined) return undefined
  const position = Number.parseInt(high, 16) * HALF + Number.parseInt(low, 16)
  return position <= EVERYTHING ? position : undefined
}

/** As PostgreSQL writes it, such as `16/B374D848`. */
export const formatPosition = (position: LogPosition): string =>
  `${Math.floor(position / HALF)
    .toString(16)
    .toUpperCase()}/${(position % HALF).toString(16).toUpperCase()}`

const PAGE = 8192
const PAGE_HEADER = 24

/**
 * The end of what was written, for the place where the next record begins: right behind the head of a page nothing was
 * written on that page yet, and a replica stays before it.
 */
export const endOfWriting = (next: LogPosition): LogPosition =>
  next % PAGE === PAGE_HEADER ? next - PAGE_HEADER : next
