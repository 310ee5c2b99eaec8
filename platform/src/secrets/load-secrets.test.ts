import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../config/config.ts'
import { lineOf } from './bundle-source.ts'
import { fileSource } from './file-source.ts'
import { type Environment, loadSecrets, openSources, secretFiles } from './load-secrets.ts'
import type { SecretSource } from './source.ts'
import { startVaultServer } from './testing/vault-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'lyceum-secrets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const VALUE = 'a value that nobody may see, and long enough'
let home: string
let base: Environment
beforeEach(() => {
  home = mkdtempSync(join(folder, 'home-'))
  base = { LYCEUM_HOME: home }
})

const sourceOf = (environment: Environment): SecretSource => {
  const [first] = openSources(environment)
  if (!first) throw new Error('no source')
  return first
}
async function settingsFrom(environment: Environment) {
  return readConfig((await loadSecrets(environment)).environment)
}
const message = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was wrong',
    (error: unknown) => (error instanceof Error ? error.message : String(error))
  )

describe('where a secret comes from', () => {
  it('is the environment, then a file named there, then the places in their order, then the home', async () => {
    const vault = await startVaultServer()
    try {
      vault.put('lyceum', { TOKEN_SECRET: 'of the vault', FILE_SECRET: 'of the vault', PIN_SECRET: 'of the vault' })
      await sourceOf(base).write(
        new Map([
          ['PIN_SECRET', 'of the home'],
          ['SMTP_URL', 'smtp://home'],
          ['FILE_SECRET', 'of the home']
        ])
      )
      const file = join(home, 'pin')
      writeFileSync(file, 'of a file\n')
      const environment = {
        ...base,
        SECRETS_FROM: 'vault',
        VAULT_ADDR: vault.address,
        VAULT_TOKEN: vault.token,
        TOKEN_SECRET: 'of the environment',
        PIN_SECRET_FILE: file
      }
      const { found } = await loadSecrets(environment)
      expect([...found].map(([name, { value, from, hiding }]) => [name, value, from, hiding.length])).toEqual(
        expect.arrayContaining([
          ['TOKEN_SECRET', 'of the environment', 'environment', 1],
          ['PIN_SECRET', 'of a file', 'file', 2],
          ['FILE_SECRET', 'of the vault', 'vault', 1],
          ['SMTP_URL', 'smtp://home', 'home', 0]
        ])
      )
      expect(await settingsFrom(environment)).toMatchObject({
        TOKEN_SECRET: 'of the environment',
        PIN_SECRET: 'of a file',
        FILE_SECRET: 'of the vault',
        SMTP_URL: 'smtp://home'
      })
    } finally {
      await vault.close()
    }
  })

  it('is one place for a secret and what was before it: another place’s past is not believed', async () => {
    await sourceOf(base).write(
      new Map([
        ['TOKEN_SECRET', 'of the home'],
        ['TOKEN_SECRET_PREVIOUS', 'before that'],
        ['TOKEN_SECRET_SINCE', '2027-01-01T00:00:00.000Z']
      ])
    )
    expect(await settingsFrom(base)).toMatchObject({
      TOKEN_SECRET: 'of the home',
      TOKEN_SECRET_PREVIOUS: 'before that'
    })
    expect(await settingsFrom({ ...base, TOKEN_SECRET: 'of the environment' })).toMatchObject({
      TOKEN_SECRET_PREVIOUS: null,
      TOKEN_SECRET_SINCE: null
    })
  })

  it('refuses a place that it does not know, and one that is not described', async () => {
    expect(await message(loadSecrets({ ...base, SECRETS_FROM: 'bundle,keychain' }))).toMatch(
      /must be some of bundle, vault/
    )
    expect(await message(loadSecrets({ ...base, SECRETS_FROM: 'bundle' }))).toMatch(/SECRETS_BUNDLE is missing: set it/)
    expect(await message(loadSecrets({ ...base, SECRETS_FROM: 'vault' }))).toMatch(/VAULT_ADDR is missing/)
    expect(await message(loadSecrets({ ...base, SECRETS_FROM: 'azure-key-vault' }))).toMatch(
      /AZURE_KEY_VAULT_URL is missing/
    )
  })
})

describe('the home', () => {
  it('keeps each in a file for its owner alone, and forgets what is removed', async () => {
    const source = sourceOf(base)
    await source.write(new Map([['SMTP_URL', VALUE]]))
    expect(statSync(join(home, 'secrets')).mode & 0o777).toBe(0o700)
    expect(statSync(join(home, 'secrets/smtp-url')).mode & 0o777).toBe(0o600)
    expect((await source.read()).get('SMTP_URL')?.value).toBe(VALUE)
    await source.write(new Map([['SMTP_URL', null]]))
    expect(readdirSync(join(home, 'secrets'))).toEqual([])
  })

  it('says whose a file must be that it cannot read', async ({ skip }) => {
    if (process.getuid?.() === 0) mkdirSync(join(home, 'secrets/smtp-url'), { recursive: true })
    else {
      await sourceOf(base).write(new Map([['SMTP_URL', VALUE]]))
      chmodSync(join(home, 'secrets/smtp-url'), 0)
    }
    if (!existsSync(join(home, 'secrets'))) skip()
    expect(await message(sourceOf(base).read())).toMatch(/smtp-url: .* chown, and chmod 600/)
  })
})

describe('a bundle', () => {
  const hasAge = spawnSync('age', ['--version']).status === 0
  async function bundle(more: Readonly<Record<string, string>> = {}) {
    const identity = await generateIdentity()
    const identityFile = join(home, 'identity.txt')
    writeFileSync(
      identityFile,
      `# created: 2027-01-01\n# public key: ${await identityToRecipient(identity)}\n${identity}\n`
    )
    const path = join(home, 'secrets.age')
    const environment = {
      ...base,
      SECRETS_FROM: 'bundle',
      SECRETS_BUNDLE: path,
      SECRETS_IDENTITY_FILE: identityFile,
      ...more
    }
    return { path, identity, identityFile, environment, source: sourceOf(environment) }
  }

  it('holds what was put into it, whatever is in a value, and nothing of it can be read', async () => {
    const { path, source, environment } = await bundle()
    const values = {
      SMTP_URL: 'smtp://a:b%20c@mail',
      TOKEN_SECRET: `it's "quoted" # no comment = x`,
      PIN_SECRET: VALUE
    }
    await source.write(new Map(Object.entries(values)))
    await source.write(
      new Map([
        ['FILE_SECRET', 'x'],
        ['PIN_SECRET', null]
      ])
    )
    const read = await source.read()
    expect(Object.fromEntries([...read].map(([name, { value }]) => [name, value]))).toEqual({
      SMTP_URL: values.SMTP_URL,
      TOKEN_SECRET: values.TOKEN_SECRET,
      FILE_SECRET: 'x'
    })
    expect(readFileSync(path).includes('quoted')).toBe(false)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await settingsFrom(environment)).toMatchObject({ TOKEN_SECRET: values.TOKEN_SECRET })
  })

  it('is opened by hand with age, and takes what was encrypted by hand, armoured or not', async ({ skip }) => {
    if (!hasAge) skip('age is not installed')
    const { path, source, identity, identityFile } = await bundle()
    await source.write(new Map([['SMTP_URL', VALUE]]))
    expect(execFileSync('age', ['-d', '-i', identityFile, path]).toString()).toContain(`SMTP_URL='${VALUE}'`)
    for (const armour of [[], ['-a']]) {
      rmSync(path)
      execFileSync('age', ['-r', await identityToRecipient(identity), ...armour, '-o', path], {
        input: 'PIN_SECRET="by hand"\n'
      })
      expect((await source.read()).get('PIN_SECRET')?.value).toBe('by hand')
      await source.write(new Map([['SMTP_URL', 'x']]))
      expect(readFileSync(path).toString().startsWith('-----BEGIN')).toBe(armour.length > 0)
      expect(execFileSync('age', ['-d', '-i', identityFile, path]).toString()).toContain(
        'PIN_SECRET="by hand"'.replaceAll('"', "'")
      )
    }
  })

  it('can be opened by others who are named, and by nobody else', async () => {
    const other = await generateIdentity()
    const { path, source } = await bundle({ SECRETS_RECIPIENTS: await identityToRecipient(other) })
    await source.write(new Map([['SMTP_URL', VALUE]]))
    const as = (SECRETS_IDENTITY: string) =>
      sourceOf({ ...base, SECRETS_FROM: 'bundle', SECRETS_BUNDLE: path, SECRETS_IDENTITY })
    expect((await as(other).read()).get('SMTP_URL')?.value).toBe(VALUE)
    const stranger = await generateIdentity()
    const told = await message(as(stranger).read())
    expect(told).toContain(`encrypted for others than ${await identityToRecipient(stranger)}`)
    expect(told).not.toContain(stranger)
  })

  it('says what is wrong with it: damaged, of no identity, busy', async () => {
    const { path, source, environment } = await bundle()
    await source.write(new Map([['SMTP_URL', VALUE]]))
    const bytes = readFileSync(path)
    const last = bytes.length - 1
    bytes.writeUInt8((bytes[last] ?? 0) ^ 1, last)
    writeFileSync(path, bytes)
    expect(await message(loadSecrets(environment))).toMatch(/cannot be opened .* restore it from the backup/)
    writeFileSync(join(home, 'wrong'), 'no key')
    expect(await message(loadSecrets({ ...environment, SECRETS_IDENTITY_FILE: join(home, 'wrong') }))).toMatch(
      /is no identity of age/
    )
    writeFileSync(`${path}.lock`, '')
    expect(await message(source.write(new Map([['SMTP_URL', 'x']])))).toMatch(/Another command is writing/)
  })

  it('refuses a value that no quotes can hold, without repeating it', () => {
    expect(() => lineOf('SMTP_URL', `'"\``)).toThrow(/SMTP_URL has every kind of quote/)
  })
})

describe('HashiCorp Vault', () => {
  it('gives what is in its entry, and takes what is set beside what is there', async () => {
    const vault = await startVaultServer()
    try {
      vault.put('lyceum', { SMTP_URL: 'smtp://a', other: 'of somebody else' })
      const environment = { ...base, SECRETS_FROM: 'vault', VAULT_ADDR: vault.address, VAULT_TOKEN: vault.token }
      const source = sourceOf(environment)
      // Somebody else writes between the reading and the writing: nothing of theirs is lost.
      vault.beforeWrite(() => vault.put('lyceum', { SMTP_URL: 'smtp://a', other: 'changed meanwhile' }))
      await source.write(
        new Map([
          ['PIN_SECRET', VALUE],
          ['SMTP_URL', null]
        ])
      )
      expect(vault.entry('lyceum')).toEqual({ other: 'changed meanwhile', PIN_SECRET: VALUE })
      expect(await settingsFrom(environment)).toMatchObject({ PIN_SECRET: VALUE, SMTP_URL: null })
    } finally {
      await vault.close()
    }
  })

  it('is entered by AppRole, again when a token has ended, and once for many readings', async () => {
    const vault = await startVaultServer('kv')
    try {
      vault.put('school/hill', { PIN_SECRET: VALUE })
      const environment = {
        ...base,
        SECRETS_FROM: 'vault',
        VAULT_ADDR: vault.address,
        VAULT_MOUNT: 'kv',
        VAULT_PATH: 'school/hill',
        VAULT_ROLE_ID: vault.roleId,
        VAULT_SECRET_ID: vault.secretId
      }
      for (let time = 0; time < 3; time++) expect(await settingsFrom(environment)).toMatchObject({ PIN_SECRET: VALUE })
      expect(vault.asked).toBe(4)
      vault.endTokens()
      expect(await settingsFrom(environment)).toMatchObject({ PIN_SECRET: VALUE })
      expect(await message(loadSecrets({ ...environment, VAULT_SECRET_ID: 'wrong' }))).toMatch(
        /refuses the AppRole \(invalid role or secret ID\).*make a new VAULT_SECRET_ID/
      )
    } finally {
      await vault.close()
    }
  })

  it('says what is wrong with it, and nothing secret', async () => {
    const vault = await startVaultServer()
    const environment = { ...base, SECRETS_FROM: 'vault', VAULT_ADDR: vault.address, VAULT_TOKEN: 'hvs.not-a-token' }
    const refused = await message(loadSecrets(environment))
    expect(refused).toMatch(
      /does not let this token read .*secret\/data\/lyceum \(permission denied\).*capabilities = \["read"\]/
    )
    expect(refused).not.toContain('hvs.not-a-token')
    const good = { ...environment, VAULT_TOKEN: vault.token }
    expect(await message(loadSecrets({ ...good, VAULT_MOUNT: 'other' }))).toMatch(
      /no handler for route.*Check VAULT_MOUNT/
    )
    expect(await message(loadSecrets({ ...good, VAULT_PATH: 'not-yet' }))).toBe('nothing was wrong')
    vault.seal(true)
    expect(await message(loadSecrets(good))).toMatch(/sealed or on standby .*vault operator unseal/)
    vault.seal(false)
    await vault.close()
    expect(await message(loadSecrets(good))).toMatch(/does not answer \(ECONNREFUSED\).*Check VAULT_ADDR/)
  })
})

describe('files that the environment names', () => {
  it('are exchanged with what was before beside them, by whoever owns them', async () => {
    const file = join(home, 'TOKEN_SECRET')
    writeFileSync(file, 'the old one\n', { mode: 0o640 })
    const environment = { ...base, TOKEN_SECRET_FILE: file }
    await fileSource('TOKEN_SECRET', file).write(
      new Map([
        ['TOKEN_SECRET_PREVIOUS', 'the old one'],
        ['TOKEN_SECRET_SINCE', '2027-01-01T00:00:00.000Z'],
        ['TOKEN_SECRET', 'the new one']
      ])
    )
    const after = { TOKEN_SECRET: 'the new one', TOKEN_SECRET_PREVIOUS: 'the old one' }
    expect(await settingsFrom(environment)).toMatchObject({ ...after, TOKEN_SECRET_SINCE: '2027-01-01T00:00:00.000Z' })
    expect(statSync(`${file}_PREVIOUS`).mode & 0o777).toBe(0o640)
    expect(secretFiles(environment)).toEqual(expect.arrayContaining([file, `${file}_PREVIOUS`, `${file}_SINCE`]))
    // As systemd hands over what is not there: a blank.
    writeFileSync(`${file}_PREVIOUS`, ' ')
    expect(await settingsFrom(environment)).toMatchObject({ TOKEN_SECRET: 'the new one', TOKEN_SECRET_PREVIOUS: null })
    // Named as well, as the guide has it for the tool: emptied, and still readable.
    const named = { ...environment, TOKEN_SECRET_PREVIOUS_FILE: `${file}_PREVIOUS` }
    await fileSource('TOKEN_SECRET', file).write(new Map([['TOKEN_SECRET_PREVIOUS', null]]))
    expect(await settingsFrom(named)).toMatchObject({ TOKEN_SECRET_PREVIOUS: null })
  })

  it('say who may write them', async () => {
    expect(
      await message(fileSource('PIN_SECRET', join(home, 'nowhere')).write(new Map([['PIN_SECRET', 'x']])))
    ).toMatch(/cannot be written .*Run this as its owner/)
  })
})
