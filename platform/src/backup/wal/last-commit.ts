const PAGE = 8192
const SHORT_HEADER = 24
const LONG_HEADER = 40
const RECORD_HEADER = 24
const FIRST_IS_CONTINUATION = 0x0001
const IS_LONG = 0x0002
const TRANSACTION_MANAGER = 1
const OPERATION = 0x70
const COMMIT = 0x00
const COMMIT_PREPARED = 0x30
/** Microseconds from 1970 to 2000, where PostgreSQL begins to count. */
const EPOCH = 946_684_800_000_000n

/**
 * When the last transaction in a segment of the log was committed, in microseconds since 1970; undefined where none was. A
 * commit that lies across the end of the segment is left out.
 *
 * Layout: src/include/access/xlog_internal.h and xlogrecord.h, the same from PostgreSQL 14 to 18.
 */
export function lastCommitIn(segment: Buffer): bigint | undefined {
  const { log, from } = withoutPageHeaders(segment)
  let last: bigint | undefined
  for (let at = from; at + RECORD_HEADER <= log.length; ) {
    const length = log.readUInt32LE(at)
    // Nothing more was written, or the segment was left early.
    if (length < RECORD_HEADER) break
    const committed = commitTime(log.subarray(at, Math.min(at + length, log.length)))
    if (committed !== undefined && (last === undefined || committed > last)) last = committed
    at += aligned(length)
  }
  return last
}

/** The stream of records, and where the first one begins that begins in this segment. */
function withoutPageHeaders(segment: Buffer): { log: Buffer; from: number } {
  const parts: Buffer[] = []
  let from = 0
  for (let page = 0; page < segment.length; page += PAGE) {
    const magic = segment.readUInt16LE(page)
    const info = segment.readUInt16LE(page + 2)
    // After the log was switched the rest is empty.
    if (magic === 0) break
    if (page === 0 && (info & FIRST_IS_CONTINUATION) !== 0) from = aligned(segment.readUInt32LE(page + 16))
    parts.push(segment.subarray(page + ((info & IS_LONG) !== 0 ? LONG_HEADER : SHORT_HEADER), page + PAGE))
  }
  return { log: Buffer.concat(parts), from }
}

function commitTime(record: Buffer): bigint | undefined {
  const operation = record.readUInt8(16) & OPERATION
  if (record.readUInt8(17) !== TRANSACTION_MANAGER || (operation !== COMMIT && operation !== COMMIT_PREPARED))
    return undefined
  // Before the data of a commit may stand where it came from (253) and its top transaction (252).
  let at = RECORD_HEADER
  for (;;) {
    const id = at < record.length ? record.readUInt8(at) : undefined
    if (id === 253) at += 3
    else if (id === 252) at += 5
    else if (id === 255) at += 2
    else if (id === 254) at += 5
    else return undefined
    if (id === 255 || id === 254) break
  }
  return at + 8 <= record.length ? record.readBigInt64LE(at) + EPOCH : undefined
}

const aligned = (length: number): number => (length + 7) & ~7
