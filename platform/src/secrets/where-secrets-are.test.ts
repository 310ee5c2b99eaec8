import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { whereSecretsAre } from './where-secrets-are.ts'

it('names every secret and its place, and never says one', async () => {
  const home = mkdtempSync(join(tmpdir(), 'lyceum-where-'))
  try {
    mkdirSync(join(home, 'secrets'))
    writeFileSync(join(home, 'secrets', 'token-secret'), 'one that nobody may hear of')
    writeFileSync(join(home, 'secrets', 'postgres-password'), 'another')
    writeFileSync(join(home, 'redis'), 'redis://:third@localhost')
    const places = await whereSecretsAre({
      LYCEUM_HOME: home,
      DATABASE_URL: 'postgres://lyceum:fourth@localhost/lyceum',
      REDIS_URL_FILE: join(home, 'redis')
    })
    expect(places).toEqual(
      expect.arrayContaining([
        { name: 'TOKEN_SECRET', where: join(home, 'secrets', 'token-secret') },
        { name: 'DATABASE_URL', where: 'the environment, or .env' },
        { name: 'REDIS_URL', where: join(home, 'redis') },
        { name: 'postgres-password', where: join(home, 'secrets', 'postgres-password') }
      ])
    )
    expect(places.filter(({ where }) => where.endsWith('token-secret'))).toHaveLength(1)
    for (const secret of ['nobody', 'another', 'third', 'fourth']) expect(JSON.stringify(places)).not.toContain(secret)
  } finally {
    rmSync(home, { recursive: true })
  }
})
