import type { Config } from '@lyceum/platform/config'
import { sendToOperators } from '@lyceum/server/operator-mail'
import { tell } from '../terminal.ts'
import type { Run } from './run/run.ts'

const PATIENCE_MS = 5_000

/** How a release stands, in one line for people. */
export function news({ plan, outcome, held }: Pick<Run, 'plan' | 'outcome' | 'held'>): string {
  const name = plan.purpose === 'rollback' ? `Rollback to ${plan.release.name}` : `Release ${plan.release.name}`
  if (outcome === null) return `${name} waits for a person: ${held ?? 'it was left where it is'}`
  const why = 'why' in outcome ? `: ${outcome.why}` : ''
  const previous = plan.previous?.name ?? 'nothing'
  return {
    released: `${name} serves${plan.previous === null ? '' : ` instead of ${previous}`}.`,
    refused: `${name} was refused${why}`,
    failed: `${name} failed before anything was changed${why}`,
    aborted: `${name} was taken back, and ${previous} serves${why}`,
    stuck: `${name} could not be taken back, look at it now${why}`
  }[outcome.kind]
}

/**
 * Tells a chat or another program how a release ended: JSON with `text`, as Slack, Mattermost and others take it, and the
 * facts beside. A chat that does not answer changes nothing about the release.
 */
export async function notify(url: string, run: Run): Promise<void> {
  const { plan, outcome, held, changedAt } = run
  const body = {
    text: `Lyceum: ${news(run)}`,
    run: plan.run,
    release: plan.release.name,
    previous: plan.previous?.name ?? null,
    outcome: outcome?.kind ?? 'held',
    why: outcome !== null && 'why' in outcome ? outcome.why : held,
    by: plan.by,
    at: changedAt
  }
  try {
    const { ok, status } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS)
    })
    if (!ok) throw new Error(`it answered ${status}`)
  } catch (error) {
    tell(`RELEASE_NOTIFY_WEBHOOK could not be told (${error instanceof Error ? error.message : String(error)}).`)
  }
}

/** The same by e-mail, to everybody in RELEASE_NOTIFY_EMAIL, through the mail server of the installation. */
export async function notifyByMail(
  config: Pick<Config, 'RELEASE_NOTIFY_EMAIL' | 'SMTP_URL' | 'MAIL_FROM'>,
  run: Run
): Promise<void> {
  const { plan, outcome, changedAt } = run
  const said = news(run)
  const [subject = said] = said.split(': ')
  const facts = [
    said,
    '',
    `Run: ${plan.run}`,
    `By: ${plan.by}`,
    `At: ${changedAt}`,
    outcome === null ? 'Go on: lyceum promote. Back: lyceum abort' : 'More of it: lyceum status'
  ]
  const refused = await sendToOperators(config, config.RELEASE_NOTIFY_EMAIL, {
    subject: `Lyceum: ${subject}`,
    text: facts.join('\n')
  })
  for (const { address, why } of refused) tell(`RELEASE_NOTIFY_EMAIL: ${address} could not be told (${why}).`)
}
