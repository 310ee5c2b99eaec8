import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { TargetRefused } from '../../target-refused.ts'

/**
 * Sends commands to HAProxy's runtime socket, in the order given.
 * @returns the answer to each
 */
export async function askHaproxy(socket: string, commands: readonly string[]): Promise<string[]> {
  const answers: string[] = []
  for (const command of commands) answers.push(await askOnce(socket, command))
  return answers
}

async function askOnce(path: string, command: string): Promise<string> {
  const socket = connect(path)
  socket.setTimeout(5_000, () => socket.destroy(new Error('no answer within 5 seconds')))
  try {
    socket.end(`${command}\n`)
    return (await text(socket)).trim()
  } catch (error) {
    throw new TargetRefused(
      'target.proxy-socket',
      `HAProxy does not answer at ${path}: ${error instanceof Error ? error.message : String(error)}. It needs “stats socket ${path} level admin”.`
    )
  }
}
