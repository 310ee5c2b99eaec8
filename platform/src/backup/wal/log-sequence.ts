/** A place in the write-ahead log, in bytes since the cluster was made (PostgreSQL's `pg_lsn`). */
export type LogPosition = bigint

/** As PostgreSQL makes them unless told otherwise at `initdb`; the embedded one is not. */
export const SEGMENT_BYTES = 16 * 1024 * 1024
const SEGMENTS_PER_LOG = 0x1_0000_0000 / SEGMENT_BYTES

/** @throws where the text is not `<hex>/<hex>` */
export function readPosition(text: string): LogPosition {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) ?? []
  if (high === undefined || low === undefined) throw new Error(`“${text}” is not a place in the log`)
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}

export const positionText = (position: LogPosition): string =>
  `${(position >> 32n).toString(16).toUpperCase()}/${(position & 0xffff_ffffn).toString(16).toUpperCase()}`

/** Number of the segment, counted from the beginning of the log, that holds the byte at this place. */
export const segmentAt = (position: LogPosition): number => Number(position / BigInt(SEGMENT_BYTES))

/** Number of the segment with the last byte before a place: where a log that ends there ends. */
export const segmentBefore = (position: LogPosition): number => (position === 0n ? 0 : segmentAt(position - 1n))

/** The file name, such as `000000010000000000000007`. */
export const segmentName = (timeline: number, number: number): string =>
  [timeline, Math.floor(number / SEGMENTS_PER_LOG), number % SEGMENTS_PER_LOG]
    .map((part) => part.toString(16).toUpperCase().padStart(8, '0'))
    .join('')

const SEGMENT = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/
const ARCHIVABLE = /^(?:[0-9A-F]{24}(?:\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history)$/

/** Timeline and number of a whole segment; undefined for any other file. */
export function readSegmentName(name: string): { readonly timeline: number; readonly number: number } | undefined {
  const [, timeline, log, segment] = SEGMENT.exec(name) ?? []
  if (timeline === undefined || log === undefined || segment === undefined) return undefined
  return {
    timeline: Number.parseInt(timeline, 16),
    number: Number.parseInt(log, 16) * SEGMENTS_PER_LOG + Number.parseInt(segment, 16)
  }
}

/** Whether PostgreSQL hands files of this name to its archive: segments, the last of a timeline, labels, histories. */
export const isArchivable = (name: string): boolean => ARCHIVABLE.test(name)

export const historyName = (timeline: number): string =>
  `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`
