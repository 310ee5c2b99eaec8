import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openConnections } from './connections.ts'
import { openListener } from './listener.ts'
import { createLogin, createPassword, type Password } from './login.ts'

/** A login of this test alone: roles belong to the whole server. */
const role = `lyceum_test_${randomBytes(6).toString('hex')}`
let owner: pg.Client
let kept: readonly string[] = ['first password']
let looked = 0

const change = (password: string) => owner.query(`alter role ${role} password ${pg.escapeLiteral(password)}`)
const newPassword = (): Password =>
  createPassword(kept, async () => {
    looked += 1
    password.exchange(kept)
  })
let password: Password

beforeAll(async () => {
  owner = new pg.Client({ connectionString: inject('ownerUrl') })
  await owner.connect()
  await owner.query(`create role ${role} login password 'first password'`)
})
afterAll(async () => {
  await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`)
  await owner.query(`drop role ${role}`)
  await owner.end()
})

it('goes on while its password is changed: connections stay, new ones are made, nobody is told no', async () => {
  kept = ['first password']
  password = newPassword()
  const login = createLogin(inject('ownerUrl'), role, password)
  // Every connection serves three questions only, so that new ones are needed all the time.
  const { pool, close } = openConnections(login, { max: 4, maxUses: 3 })
  const faults: unknown[] = []
  let asked = 0
  let going = true
  const ask = async (): Promise<void> => {
    while (going) {
      await pool.query('select pg_sleep(0.002)').then(
        () => {
          asked += 1
        },
        (error: unknown) => faults.push(error)
      )
    }
  }
  const served = async (more: number): Promise<void> => {
    const enough = asked + more
    while (asked < enough && faults.length === 0) await sleep(5)
  }
  const load = Array.from({ length: 6 }, ask)
  const held = await pool.connect()
  for (const next of ['second password', 'third password', 'fourth password']) {
    // As `lyceum secrets rotate` does: where it is kept first, PostgreSQL next. Here the process has not looked again yet.
    kept = [next, kept[0] ?? '']
    await change(next)
    await served(30)
  }
  // The process has, and PostgreSQL is told a moment later.
  kept = ['fifth password', 'fourth password']
  password.exchange(kept)
  await served(30)
  await change('fifth password')
  await served(30)
  expect((await held.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  held.release()
  going = false
  await Promise.all(load)
  await close()
  expect(faults).toEqual([])
  expect(looked).toBeGreaterThan(0)
  await expect(new pg.Client({ connectionString: loginOf('fourth password') }).connect()).rejects.toThrow(/password/)
})

it('tells whoever waits where no password is good, and asks the place only a few times', async () => {
  await change('what nobody knows')
  kept = ['wrong', 'wrong before']
  password = newPassword()
  const { pool, close } = openConnections(createLogin(inject('ownerUrl'), role, password), { max: 2 })
  await expect(pool.query('select 1')).rejects.toThrow(/password authentication failed/)
  await close()
})

it('hears again after its connection was cut and its password changed meanwhile', async () => {
  await change('before')
  kept = ['before']
  password = newPassword()
  const listener = openListener(createLogin(inject('ownerUrl'), role, password), role)
  const heard: string[] = []
  await listener.on('rotated', (payload) => heard.push(payload))
  kept = ['after', 'before']
  await change('after')
  await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`)
  await expect
    .poll(
      async () => {
        await owner.query(`select pg_notify('rotated', 'again')`)
        return heard.includes('again')
      },
      { timeout: 15_000 }
    )
    .toBe(true)
  await listener.close()
})

function loginOf(secret: string): string {
  const url = new URL(inject('ownerUrl'))
  url.username = role
  url.password = secret
  return url.href
}
