import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '@lyceum/platform/config'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Check } from './check.ts'
import { exposure } from './exposure.ts'
import { namedSecretFiles, secretAges, secretValues } from './secret-values.ts'

const folder = mkdtempSync(join(tmpdir(), 'lyceum-doctor-'))
const before = process.cwd()
const [one, other] = ['Vw3k9-one-good-secret-of-enough-words', 'Qx7m2-another-good-secret-of-enough-words']
const production = {
  LYCEUM_ENV: 'production',
  LYCEUM_HOME: folder,
  PUBLIC_URL: 'https://hill.example.org',
  SMTP_URL: 'smtp://mail',
  TOKEN_SECRET: one,
  FILE_SECRET: other,
  PIN_SECRET: 'Zb4t8-a-third-good-secret-of-enough-words'
}

beforeEach(() => process.chdir(folder))
afterEach(() => {
  process.chdir(before)
  vi.unstubAllEnvs()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As doctor would with this environment. */
function look({ check }: Check, environment: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  return check({ config: readConfig(environment), home: folder, faults: [] })
}

it('finds passwords that everybody tries first, in addresses too, and never repeats one', async () => {
  expect(await look(secretValues, production)).toMatchObject({ state: 'ok' })
  const found = await look(secretValues, { ...production, DATABASE_URL: 'postgres://lyceum:changeme@db/lyceum' })
  expect(found).toMatchObject({ state: 'fault', message: 'DATABASE_URL is a password that everybody tries first' })
  const weak = await look(secretValues, { ...production, SERVICE_SECRET_KEY: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' })
  expect(weak).toMatchObject({ message: expect.stringContaining('SERVICE_SECRET_KEY is weak') })
})

it('finds a value that is used twice', async () => {
  const found = await look(secretValues, { ...production, SERVICE_SECRET_KEY: one })
  expect(found).toMatchObject({ state: 'fault', message: 'TOKEN_SECRET and SERVICE_SECRET_KEY have the same value' })
})

it('asks for new ones by policy', async () => {
  expect(await look(secretAges, { ...production, TOKEN_SECRET_SINCE: '2020-01-01T00:00:00Z' })).toMatchObject({
    state: 'note',
    message: expect.stringMatching(/^TOKEN_SECRET is \d+ days old$/)
  })
  expect(
    await look(secretAges, { ...production, TOKEN_SECRET_SINCE: '2020-01-01T00:00:00Z', SECRETS_MAX_AGE_DAYS: '0' })
  ).toMatchObject({ state: 'skipped' })
})

it('finds files with secrets that everybody on the machine may read', async () => {
  const file = join(folder, 'smtp')
  writeFileSync(file, 'smtp://mail', { mode: 0o640 })
  const { SMTP_URL: _, ...rest } = production
  const environment = { ...rest, SMTP_URL_FILE: file }
  expect(await look(namedSecretFiles, environment)).toMatchObject({ state: 'ok' })
  chmodSync(file, 0o644)
  expect(await look(namedSecretFiles, environment)).toMatchObject({
    state: 'fault',
    message: `everybody on this machine may read ${file}`
  })
  rmSync(file)
  writeFileSync(join(folder, '.env'), 'REDIS_URL=redis://x:y@z\n', { mode: 0o644 })
  expect(await look(namedSecretFiles, production)).toMatchObject({ message: 'everybody on this machine may read .env' })
  rmSync(join(folder, '.env'))
})

it('notices what is open to everybody in production', async () => {
  const behind = { ...production, PUBLIC_URL: 'https://hill.invalid', TRUST_PROXY: 'true' }
  expect(await look(exposure, behind)).toMatchObject({ state: 'ok' })
  expect(await look(exposure, { ...behind, ENABLE_API_DOCS: 'true' })).toMatchObject({
    state: 'note',
    message: expect.stringContaining('/api/docs is open')
  })
  expect(await look(exposure, { ...behind, TRUST_PROXY: 'false' })).toMatchObject({ state: 'note' })
  expect(await look(exposure, { LYCEUM_ENV: 'development' })).toMatchObject({ state: 'skipped' })
})
