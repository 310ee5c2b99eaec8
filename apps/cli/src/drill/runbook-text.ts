import { type DrillKind, fillIn, type Step } from './drill.ts'
import { ASIDE_COMMAND, runbooks, START_COMMAND, STOP_COMMAND } from './runbooks.ts'

/** What stands in documents where every installation has something else. */
const EXAMPLES = {
  repository: '/backup/lyceum',
  key: 'lyceum-backup-identity.txt',
  instant: '2027-02-01T09:41:00Z'
} as const

/** The steps of a runbook as Markdown. */
export const runbookMarkdown = (kind: DrillKind): string =>
  runbooks[kind].steps
    .map((step, at) => {
      const typed = commandsOf(step).map((command) => fillIn(command, EXAMPLES))
      return [
        `### ${at + 1}. ${step.title}`,
        ...(typed.length === 0 ? [] : [`\`\`\`sh\n${typed.join('\n')}\n\`\`\``]),
        `**Well:** ${step.well}`,
        `**Otherwise:** ${step.otherwise}`
      ].join('\n\n')
    })
    .join('\n\n')

/** What a person types for a step. */
export function commandsOf(step: Step): readonly string[] {
  switch (step.does) {
    case 'type':
      return step.commands
    case 'stop':
      return [STOP_COMMAND]
    case 'start':
      return [START_COMMAND]
    case 'look-aside':
      return [ASIDE_COMMAND]
    case 'look':
    case 'person':
      return []
  }
}
