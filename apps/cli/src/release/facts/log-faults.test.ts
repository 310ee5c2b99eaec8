import { createLog } from '@lyceum/platform/log'
import { expect, it } from 'vitest'
import { faultsIn, faultsInWords } from './log-faults.ts'

const lines: string[] = []
const log = createLog({ level: 'info', release: 'r2', secrets: () => [], write: (line) => lines.push(line.trim()) })
const faultsOf = (given: readonly string[], secrets: readonly string[] = []) =>
  faultsIn(
    (async function* () {
      yield* given
    })(),
    secrets
  )

it('counts what our own log calls an error, names the first, and nothing that only speaks of one', async () => {
  lines.length = 0
  log.info({ route: '/x' }, 'no "error" here')
  log.error({ err: new Error('password authentication failed') }, 'events could not be relayed')
  log.warn('about an "error"')
  log.error('disk full')
  const found = await faultsOf(lines)
  expect(found).toMatchObject({ errors: 2, fatal: 0 })
  expect(faultsInWords(found)).toMatch(
    /^2 errors since it was started: “20\S+Z events could not be relayed: password authentication failed”, “20\S+Z disk full”$/
  )
  expect(faultsInWords(await faultsOf([]))).toBe('no errors since it was started')
})

it('knows fatal lines of ours and of Node, also in text', async () => {
  lines.length = 0
  log.fatal('cannot go on')
  expect(await faultsOf(lines)).toMatchObject({ errors: 0, fatal: 1 })
  expect(
    await faultsOf([
      'Error: boom',
      '    at file:///srv/lyceum/x.ts:1:1',
      'Node.js v24.21.0',
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      '[12:00:01] ERROR: disk full {"err":1}',
      'ERROR'
    ])
  ).toMatchObject({ errors: 1, fatal: 2 })
})

it('names three different ones, short, and no secret', async () => {
  const line = (msg: string) => JSON.stringify({ level: 'error', time: '2026-03-01T02:00:00Z', msg })
  const { errors, first } = await faultsOf(
    [...Array(50).fill(line('again and again')), line('key sesame-open-1'), line('x'.repeat(5_000)), line('a fourth')],
    ['sesame-open-1']
  )
  expect(errors).toBe(53)
  expect(first).toEqual([
    '2026-03-01T02:00:00Z again and again',
    '2026-03-01T02:00:00Z key [redacted]',
    expect.stringMatching(/^2026-03-01T02:00:00Z x{200}$/)
  ])
})
