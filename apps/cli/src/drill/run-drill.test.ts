import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Step } from './drill.ts'
import { openDrill } from './run-drill.ts'
import { runbooks } from './runbooks.ts'
import { sameThroughout } from './same-throughout.ts'

const record = (tables: Readonly<Record<string, readonly [number, string]>>) => ({
  schemaFingerprint: 'f',
  tables: Object.entries(tables).map(([table, [rows, checksum]]) => ({ table, rows, checksum }))
})

it('compares the tables that nobody wrote to, and none that the product writes by itself', () => {
  const before = record({
    'course.unit': [2, '1'],
    'course.course': [1, '1'],
    'course.item': [3, '1'],
    'platform.heartbeat': [1, '1'],
    '"user".sign_in': [1, '1']
  })
  const after = record({
    'course.unit': [2, '1'],
    'course.course': [1, '2'],
    'course.item': [4, '1'],
    'platform.heartbeat': [1, '1'],
    '"user".sign_in': [1, '1']
  })
  expect(sameThroughout(before, after).tables.map(({ table }) => table)).toEqual(['course.unit'])
})

it('notices what did not come back, though every command did what it says', { timeout: 300_000 }, async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'lyceum-drill-'))
  const loseFiles: Step = {
    does: 'type',
    title: 'Lose the files once more',
    commands: ['rm -r "$LYCEUM_HOME/files" && mkdir "$LYCEUM_HOME/files"'],
    well: '',
    otherwise: ''
  }
  const steps = runbooks['data-corrupted'].steps
    .filter(({ does, title }) => does !== 'look-aside' && title !== 'Make a full set at once')
    .flatMap((step): Step[] => (step.does === 'start' ? [loseFiles, step] : [step]))
  const drill = await openDrill({
    kind: 'data-corrupted',
    plan: null,
    scratch,
    steps,
    settings: { RELEASE: 'test', BACKUP_ARCHIVE_SECONDS: 10, MAIL_FROM: 'Drill <drill@drill.invalid>' },
    now: () => new Date(),
    tell: () => undefined
  })
  try {
    const report = await drill.run()
    expect(report).toMatchObject({ verdict: 'failed', differences: [] })
    expect(report.why).toContain('the file is not what was uploaded')
    expect(report.rtoSeconds).toBeGreaterThan(0)
  } finally {
    await drill.close()
    rmSync(scratch, { recursive: true, force: true })
  }
})
