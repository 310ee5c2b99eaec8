import { Command, InvalidArgumentError } from 'commander'
import pg from 'pg'
import { size } from '../database-report/advise.ts'
import type { Report } from '../database-report/report.ts'
import { withDatabase } from '../installation.ts'
import { answer, styled, table } from '../terminal.ts'

interface Given {
  readonly watch: number
  readonly most: number
  readonly json?: boolean
}

export function databaseCommand(): Command {
  const database = new Command('database')
    .description('how the database is used: slow queries, indexes, growth, what to make larger')
    .addHelpText('after', '\nExamples:\n  $ lyceum database report')
  database
    .command('report')
    .description('everything at once; changes nothing')
    .option(
      '--watch <seconds>',
      'how long running queries are watched where pg_stat_statements is not installed',
      readNumber,
      5
    )
    .option('--most <number>', 'how many tables and queries are named', readNumber, 10)
    .option('--json', 'as {server, slow, tables, missingIndexes, unusedIndexes, growth, advice}')
    .addHelpText(
      'after',
      `
Which queries are slow is read from pg_stat_statements where it is installed; else those that run are watched for some seconds, and
short ones are missed. Growth is known from the second day on: sizes are written down every night.

Examples:
  $ lyceum database report
  $ lyceum database report --json | jq -r '.advice[]'`
    )
    .action(report)
  return database
}

async function report({ watch, most, json }: Given): Promise<void> {
  const { readReport } = await import('../database-report/read-report.ts')
  const found = await withDatabase(async ({ ownerUrl, config }) => {
    const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum database' })
    await client.connect()
    try {
      return await readReport(client, {
        folder: config.DATABASE_URL === null ? config.LYCEUM_HOME : null,
        watchSeconds: watch,
        most
      })
    } finally {
      await client.end()
    }
  })
  answer(json, found, () => inWords(found))
}

function inWords({ server, slow, tables, missingIndexes, unusedIndexes, growth, advice }: Report): string {
  const part = (title: string, rows: readonly (readonly string[])[], none: string): string =>
    `${styled('bold', title)}\n${rows.length === 0 ? `  ${none}` : table(rows.map(([first = '', ...rest]) => [`  ${first}`, ...rest]))}`
  const source =
    slow.source === 'pg_stat_statements'
      ? `counted by pg_stat_statements since ${slow.since ?? 'it was installed'}`
      : `watched for ${slow.watchedSeconds ?? 0} seconds; pg_stat_statements would count all of them`
  return [
    `PostgreSQL ${server.version}, ${size(server.bytes)}, ${server.connections} of ${server.maxConnections} connections, ${server.hitRatio === null ? 'nothing read yet' : `${(server.hitRatio * 100).toFixed(1)} % of pages in memory`}, used for ${Math.floor(server.statisticsDays)} days.`,
    part(
      'What to do',
      advice.map((one) => [one]),
      'Nothing.'
    ),
    part(
      `Slow queries (${source})`,
      slow.queries.map(({ totalMs, calls, meanMs, query }) => [
        `${Math.round(totalMs)} ms`,
        `${calls} ×`,
        `${meanMs.toFixed(1)} ms`,
        query.slice(0, 100)
      ]),
      'None.'
    ),
    ...slow.queries.flatMap(({ query, plan }) =>
      plan !== null && /Seq Scan/.test(plan)
        ? [`${styled('bold', query.slice(0, 100))}\n${plan.replace(/^/gm, '  ')}`]
        : []
    ),
    part(
      'Indexes that are missing',
      missingIndexes.map(({ table: name, columns, why }) => [name, columns.join(', '), why]),
      'None.'
    ),
    part(
      'Indexes nobody needs',
      unusedIndexes.map(({ name, bytes, why }) => [name, size(bytes), why]),
      'None.'
    ),
    part(
      'Largest tables (of it indexes, about nothing in it)',
      tables.map(({ name, rows, bytes, indexBytes, bloatBytes }) => [
        name,
        `${rows} rows`,
        size(bytes),
        size(indexBytes),
        size(bloatBytes)
      ]),
      'None.'
    ),
    part(
      'Growth a day',
      growth.map(({ name, bytesPerDay, days }) => [name, size(bytesPerDay), `over ${days} days`]),
      'Not known before the second night.'
    )
  ].join('\n\n')
}

function readNumber(given: string): number {
  const read = Number(given)
  if (Number.isInteger(read) && read > 0 && read <= 3600) return read
  throw new InvalidArgumentError('Give a whole number from 1 to 3600.')
}
