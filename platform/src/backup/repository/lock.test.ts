import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDiskRepository } from '../testing/disk-repository.ts'
import { lockRepository, removeDeadClaims } from './lock.ts'
import type { Repository } from './repository.ts'

let folder: string
let repository: Repository
let close: () => Promise<void>
beforeEach(async () => {
  ;({ folder, repository, close } = await openDiskRepository())
})
afterEach(() => close())

const claim = (changes: object) =>
  repository.store.putBytes(
    'locks/other.json',
    Buffer.from(
      JSON.stringify({
        name: 'locks/other.json',
        what: 'a backup',
        host: 'elsewhere',
        pid: 1,
        life: 'x',
        renewedAt: new Date().toISOString(),
        ...changes
      })
    )
  )

describe('the claim on a repository', () => {
  it('is given to one of many that ask at once', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, at) => lockRepository(repository, `run ${at}`))
    )
    const held = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(held.length).toBeLessThanOrEqual(1)
    for (const lock of held) await lock.release()
    const lock = await lockRepository(repository, 'afterwards')
    await lock.mustHold()
    await lock.release()
    expect(await readdir(join(folder, 'locks'))).toEqual([])
  })

  it('ends with its process on this machine, and after two minutes elsewhere', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    await claim({ host: hostname(), pid })
    await (await lockRepository(repository, 'after a crash')).release()
    // A container that starts again often has the same process id.
    await claim({ host: hostname(), pid: process.pid, life: 'an earlier life' })
    await (await lockRepository(repository, 'after a restart')).release()
    await claim({ renewedAt: new Date(Date.now() - 60_000).toISOString() })
    await expect(lockRepository(repository, 'too early')).rejects.toMatchObject({
      code: 'backup.locked',
      message: expect.stringContaining('a backup by process 1 on elsewhere')
    })
    await claim({ renewedAt: new Date(Date.now() - 121_000).toISOString() })
    const lock = await lockRepository(repository, 'in time')
    await removeDeadClaims(repository)
    expect(await readdir(join(folder, 'locks'))).toHaveLength(1)
    await repository.store.delete((await repository.store.list('locks/'))[0]?.name ?? '')
    await expect(lock.mustHold()).rejects.toMatchObject({ code: 'backup.lock-lost' })
    await lock.release()
  })
})
