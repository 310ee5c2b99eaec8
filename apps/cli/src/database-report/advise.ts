import type { Growth, IndexUse, MachineFacts, Report, ServerFacts, TableUse } from './report.ts'

const MIB = 1024 ** 2
const GIB = 1024 ** 3
const DAY_SECONDS = 86_400
/** A term has weeks in which nobody opens what is needed in others. */
const ENOUGH_DAYS = 28
const LARGE_TABLE = 10_000

/** Tables of some size that are read whole again and again, and links without an index to follow them back by. */
export function findMissingIndexes(
  tables: readonly TableUse[],
  links: readonly { readonly table: string; readonly columns: readonly string[] }[],
  indexes: readonly IndexUse[]
): Report['missingIndexes'] {
  const read = tables
    .filter(
      ({ rows, wholeReads, wholeRows }) =>
        rows >= LARGE_TABLE && wholeReads >= 100 && wholeRows / wholeReads >= rows / 2
    )
    .map(({ name, wholeReads, rows }) => ({
      table: name,
      columns: [],
      why: `read whole ${wholeReads} times, ${rows} rows each: see which query in the slow ones, and what it asks by`
    }))
  const rowsOf = new Map(tables.map(({ name, rows }) => [name, rows]))
  const followed = links
    .filter(
      ({ table, columns }) =>
        (rowsOf.get(table) ?? 0) >= LARGE_TABLE &&
        !indexes.some((index) => index.table === table && begins(index.columns, columns))
    )
    .map(({ table, columns }) => ({
      table,
      columns,
      why: 'refers to another table, and deleting there reads all of this one'
    }))
  return [...read, ...followed]
}

/** Indexes nobody has read by, and those that another one can do without them. */
export function findUnusedIndexes(indexes: readonly IndexUse[], statisticsDays: number): Report['unusedIndexes'] {
  return indexes.flatMap((index) => {
    if (!index.valid)
      return [
        {
          name: index.name,
          bytes: index.bytes,
          why: 'its build was broken off: kept up to date and used by nothing. Drop it and build it again'
        }
      ]
    if (index.unique) return []
    const other = indexes.find(
      (one) =>
        one !== index &&
        one.valid &&
        one.table === index.table &&
        !one.special &&
        !index.special &&
        begins(one.columns, index.columns) &&
        (one.columns.length > index.columns.length || one.unique || one.name < index.name)
    )
    if (other) return [{ name: index.name, bytes: index.bytes, why: `${other.name} begins with the same columns` }]
    if (index.scans > 0 || index.bytes < MIB) return []
    return [
      {
        name: index.name,
        bytes: index.bytes,
        why:
          statisticsDays >= ENOUGH_DAYS
            ? `nobody has read by it for ${Math.floor(statisticsDays)} days`
            : `nobody has read by it, in only ${Math.floor(statisticsDays)} days: look again after ${ENOUGH_DAYS}`
      }
    ]
  })
}

const begins = (longer: readonly string[], shorter: readonly string[]): boolean =>
  shorter.length <= longer.length && shorter.every((column, at) => longer[at] === column)

/** Growth between the first and the last of the samples of each table. */
export function growthOf(
  samples: readonly { readonly name: string; readonly day: string; readonly bytes: number }[]
): Growth[] {
  return [...Map.groupBy(samples, ({ name }) => name)]
    .flatMap(([name, own]) => {
      const [first, last] = [own[0], own.at(-1)]
      if (!first || !last || first.day === last.day) return []
      const days = Math.round((Date.parse(last.day) - Date.parse(first.day)) / (DAY_SECONDS * 1000))
      return [{ name, bytesPerDay: Math.round((last.bytes - first.bytes) / days), days }]
    })
    .toSorted((one, other) => other.bytesPerDay - one.bytesPerDay)
}

/** What to make larger, smaller or look at, from what was measured; empty where nothing is to be done. */
export function advise(
  server: ServerFacts,
  tables: readonly TableUse[],
  growth: readonly Growth[],
  machine: MachineFacts | null
): string[] {
  const advice: string[] = []
  const used = server.connections / server.maxConnections
  if (used > 0.8)
    advice.push(
      `${server.connections} of ${server.maxConnections} connections are open: lower DATABASE_POOL, put PgBouncer in between, or raise max_connections before the next process cannot connect.`
    )
  if (server.hitRatio !== null && server.hitRatio < 0.97 && server.bytes > server.sharedBuffersBytes)
    advice.push(
      `Only ${percent(server.hitRatio)} of pages were in memory: raise shared_buffers from ${size(server.sharedBuffersBytes)}${machine ? ` towards ${size(machine.memoryBytes / 4)}, a quarter of this machine` : ''}.`
    )
  else if (server.sharedBuffersBytes > 4 * server.bytes && server.sharedBuffersBytes > GIB)
    advice.push(
      `shared_buffers of ${size(server.sharedBuffersBytes)} hold the whole database (${size(server.bytes)}) several times: ${size(Math.max(128 * MIB, server.bytes * 2))} would do.`
    )
  if (server.temporaryBytes > 10 * GIB && server.statisticsDays > 0)
    advice.push(
      `${size(server.temporaryBytes / Math.max(1, server.statisticsDays))} a day of sorting went through the disk: raise work_mem, or look at the slow queries.`
    )
  if (server.deadlocks > 0)
    advice.push(`${server.deadlocks} transactions locked each other out: the log of the server names them.`)
  for (const { name, bloatBytes, bytes } of tables)
    if (bloatBytes > 100 * MIB && bloatBytes > bytes * 0.4)
      advice.push(
        `${name} holds about ${size(bloatBytes)} of nothing in ${size(bytes)}: during maintenance, vacuum full ${name}; it locks the table.`
      )
  for (const { name, deadRows, rows } of tables)
    if (deadRows > LARGE_TABLE && deadRows > rows * 0.2)
      advice.push(
        `${name} has ${deadRows} dead rows beside ${rows}: autovacuum does not keep up; look for transactions that stay open.`
      )
  if (machine) {
    const perDay = growth.reduce((sum, { bytesPerDay }) => sum + bytesPerDay, 0)
    if (perDay > 0 && machine.freeDiskBytes / perDay < 90)
      advice.push(
        `At ${size(perDay)} a day the disk (${size(machine.freeDiskBytes)} free) is full in ${Math.floor(machine.freeDiskBytes / perDay)} days: more disk, or shorter retention.`
      )
    if (machine.load > machine.cores)
      advice.push(
        `${machine.load.toFixed(1)} programs want ${machine.cores} cores: more cores, or another machine for workers or the database.`
      )
  }
  return advice
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** In the unit people read: `1.5 GiB`. */
export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let [value, unit] = [bytes, 0]
  for (; Math.abs(value) >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${unit === 0 || Math.abs(value) >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? 'B'}`
}
