import type { AuditRow } from '@lyceum/platform/audit-chain'
import { Command, InvalidArgumentError } from 'commander'
import { readSettings } from '../../environment.ts'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { answer, table } from '../../terminal.ts'
import { exportCommand } from './audit-export.ts'
import { verifyCommand } from './audit-verify.ts'
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
  audit.addCommand(verifyCommand())
  audit.addCommand(exportCommand())
  audit
    .command('key')
    .description('the public key that exports and checkpoints are checked with')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nGive it to whoever keeps the exports, once, by a way that you trust.\n\nExamples:\n  $ lyceum audit key > lyceum-audit.pem'
    )
    .action(async ({ output }: AuditOptions) => {
      const [{ publicPem, keyName }, { auditKey }] = await Promise.all([
        import('@lyceum/platform/audit-signing'),
        import('@lyceum/server/audit-keeping')
      ])
      const pair = auditKey(await readSettings())
      answer(output === 'json', { key: keyName(pair.publicKey), pem: publicPem(pair) }, () => publicPem(pair))
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

function readCount(given: string): number {
  const count = Number(given)
  if (Number.isInteger(count) && count > 0) return count
  throw new InvalidArgumentError('Give a whole number from 1.')
}
