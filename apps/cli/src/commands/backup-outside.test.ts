import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { hasPgBackRest, type Outside, startOutside } from '@lyceum/platform/backup/testing/outside'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const BIN = fileURLToPath(new URL('../../bin/lyceum.mjs', import.meta.url))

describe.skipIf(!hasPgBackRest())('backups of a PostgreSQL that somebody else runs', { timeout: 120_000 }, () => {
  let school: Outside
  const env: Record<string, string> = {}
  beforeAll(async () => {
    school = await startOutside()
    const { BACKUP_REPOSITORY: _, BACKUP_RECIPIENT: __, ...given } = school.environment
    Object.assign(env, given)
  }, 120_000)
  afterAll(() => school?.close())

  async function run(...args: readonly string[]) {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: school.root,
      env: { PATH: process.env.PATH, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    return { exit, out, err }
  }

  it('take the commands of the embedded one, and bring its data directory back', async () => {
    const set = await run('backup', 'setup', '--to', join(school.root, 'kept'))
    expect(set).toMatchObject({ exit: 0, out: expect.stringContaining('pgBackRest backs up the database as lyceum.') })
    await school.ask(`insert into note values (1, 'before')`)
    const made = await run('backup', 'create', '--point', 'before-exams', '-o', 'json')
    expect([made.exit, made.err]).toEqual([0, expect.not.stringContaining('Not in the set')])
    const { id } = JSON.parse(made.out).set
    expect((await run('backup', 'list')).out).toMatch(new RegExp(`${id} +full .*before-exams`))
    expect((await run('backup', 'check')).out).toMatch(/✓ pgBackRest +2, all of them whole and encrypted/)
    await school.ask(`insert into platform.heartbeat (at) values (now()); insert into note values (2, 'after')`)
    await school.archive()
    const proof = await run('backup', 'verify', '-o', 'json')
    expect([proof.exit, JSON.parse(proof.out)]).toEqual([0, expect.objectContaining({ setId: id, verdict: 'proven' })])

    const data = school.server.data
    expect(await run('restore', '--latest', '--yes')).toMatchObject({
      exit: 64,
      err: expect.stringContaining('--data')
    })
    await school.ask(`alter role postgres password 'of the one who runs it'`)
    await school.archive()
    const [hash] = await school.ask(`select rolpassword from pg_authid where rolname = 'postgres'`)
    const settings = readFileSync(join(data, 'postgresql.conf'), 'utf8')
    await school.server.kill()
    expect(await run('restore', '--latest', '--data', data, '--yes')).toMatchObject({
      err: expect.stringContaining('is not empty')
    })
    renameSync(data, `${data}.before`)
    const restored = await run('restore', '--latest', '--data', data, '--yes')
    expect(restored).toMatchObject({ exit: 0, out: expect.stringContaining('Now start PostgreSQL') })
    expect(existsSync(`${data}.restoring`)).toBe(false)
    expect(readFileSync(join(data, 'postgresql.conf'), 'utf8')).toBe(settings)
    await school.server.start()
    expect(await school.ask('select id from note order by id')).toEqual([{ id: 1 }, { id: 2 }])
    expect(await school.ask(`select rolpassword from pg_authid where rolname = 'postgres'`)).toEqual([hash])
    // The new timeline is archived: from now on one can go to every moment of it.
    await school.archive()
    expect((await run('backup', 'create', '--type', 'incr')).exit).toBe(0)

    await school.server.kill()
    rmSync(data, { recursive: true })
    expect((await run('restore', '--point', 'before-exams', '--data', data, '--yes')).out).toContain(
      'every row as it was'
    )
    await school.server.start()
    expect(await school.ask('select id from note order by id')).toEqual([{ id: 1 }])
    rmSync(`${data}.before`, { recursive: true })
  })
})
