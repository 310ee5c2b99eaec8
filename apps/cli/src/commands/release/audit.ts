import { writeFileSync } from 'node:fs'
import type { AuditRow } from '@lyceum/platform/audit-chain'
import { Command, InvalidArgumentError } from 'commander'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { answer, table, tell } from '../../terminal.ts'
import { outputOption, record, whoAmI, withAuditLog } from './place.ts'

interface AuditOptions {
  readonly output: 'text' | 'json'
}

export function auditCommand(): Command {
  const audit = new Command('audit')
    .description('what people did to this installation, in a chain that shows every change')
    .addHelpText('after', '\nExamples:\n  $ lyceum audit tail\n  $ lyceum audit verify')
  audit
    .command('tail')
    .description('the newest entries')
    .option('-n, --lines <number>', 'how many', readCount, 20)
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  $ lyceum audit tail -n 50')
    .action(async ({ lines, output }: AuditOptions & { lines: number }) => {
      const { tailAudit } = await import('@lyceum/platform/audit-log')
      const rows = await withAuditLog((client) => tailAudit(client, lines))
      answer(output === 'json', { entries: rows }, () =>
        rows.length === 0
          ? 'Nothing was done yet.'
          : table(
              rows.map(({ seq, at, actor, action, subject, details }) => [
                String(seq),
                at,
                actor,
                action,
                subject,
                whyOf(details)
              ])
            )
      )
    })
  audit
    .command('verify')
    .description('look whether an entry was changed, removed or moved; exits with 1 when one was')
    .option(
      '--head <number:hash>',
      'an entry noted elsewhere, as audit verify prints it: shows that the end was cut off'
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Prints the number and hash of the newest entry. Keep them somewhere else, such as in the ticket of a release: whoever may write
to the database could cut the end off, and nothing inside the database would show it.

Examples:
  $ lyceum audit verify
  $ lyceum audit verify --head 812:5f0c…`
    )
    .action(async ({ output, head }: AuditOptions & { head?: string }) => {
      const [{ readAudit }, { verifyChain }] = await Promise.all([
        import('@lyceum/platform/audit-log'),
        import('@lyceum/platform/audit-chain')
      ])
      const rows = await withAuditLog(readAudit)
      const faults = verifyChain(rows, readHead(head))
      if (faults.length > 0) process.exitCode = exitCodes.failed
      const last = rows.at(-1)
      const value = {
        ok: faults.length === 0,
        entries: rows.length,
        head: last ? `${last.seq}:${last.hash}` : null,
        faults
      }
      answer(output === 'json', value, () =>
        faults.length === 0
          ? `${rows.length} entries, none changed, missing or moved. Newest: ${value.head ?? 'none'}`
          : faults.map(({ message }) => message).join('\n')
      )
    })
  audit
    .command('export')
    .description('every entry as JSON lines, for keeping elsewhere')
    .argument('[file]', 'standard output where none is named')
    .addHelpText('after', '\nExamples:\n  $ lyceum audit export audit-2026.jsonl')
    .action(async (file: string | undefined) => {
      const { readAudit } = await import('@lyceum/platform/audit-log')
      const rows = await withAuditLog(readAudit)
      const lines = rows.map((row: AuditRow) => `${JSON.stringify(row)}\n`).join('')
      if (file === undefined) return void process.stdout.write(lines)
      writeFileSync(file, lines, { flag: 'wx', mode: 0o640 })
      tell(`${rows.length} entries in ${file}.`)
    })
  audit
    .command('review')
    .description('say that an emergency override was looked at; status shows it until then')
    .argument('<number>', 'of the entry, as status shows it', readCount)
    .option('--by <name>', 'who looked; your name on this machine where none is given')
    .option('--why <text>', 'what was found', '')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  $ lyceum audit review 812 --why "OPS-7: right, nobody could sign in"')
    .action(async (seq: number, { by, why, output }: AuditOptions & { by?: string; why: string }) => {
      const { readAudit } = await import('@lyceum/platform/audit-log')
      const row = (await withAuditLog(readAudit)).find((one) => one.seq === seq)
      if (row?.action !== 'release.override')
        throw new CommandFailed('audit.no-override', `Entry ${seq} is no override. See: lyceum status`)
      const reviewer = whoAmI(by)
      if (reviewer === row.actor)
        throw new CommandFailed('audit.own-override', 'Somebody else has to look at it.', exitCodes.refused)
      await record(reviewer, 'release.override-reviewed', String(seq), { why })
      answer(output === 'json', { reviewed: seq }, () => `Override ${seq} was reviewed.`)
    })
  return audit
}

const whyOf = (details: AuditRow['details']): string => ('why' in details ? String(details.why ?? '') : '')

function readHead(given: string | undefined): Map<number, string> {
  if (given === undefined) return new Map()
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(given) ?? []
  if (seq === undefined || hash === undefined)
    throw new CommandFailed(
      'audit.head',
      'Give --head as lyceum audit verify printed it: <number>:<hash>.',
      exitCodes.usage
    )
  return new Map([[Number(seq), hash]])
}

function readCount(given: string): number {
  const count = Number(given)
  if (Number.isInteger(count) && count > 0) return count
  throw new InvalidArgumentError('Give a whole number from 1.')
}
