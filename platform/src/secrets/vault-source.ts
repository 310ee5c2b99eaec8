import { setTimeout as sleep } from 'node:timers/promises'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { codeOf, reasonOf, type SecretSource, SecretsRefused } from './source.ts'

export interface VaultPlace {
  readonly address: string
  readonly namespace: string | null
  readonly mount: string
  readonly path: string
  readonly signIn: { readonly token: string } | { readonly roleId: string; readonly secretId: string }
}

const PATIENCE_MS = 5_000
/** Before each further try, while Vault is away or elects a leader. */
const WAITS_MS = [200, 1_000]
/** Somebody else may write the entry at the same moment. */
const MOST_WRITES = 5

const entryForm = Compile(
  Type.Object({
    data: Type.Object({
      data: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
      metadata: Type.Object({ version: Type.Number(), created_time: Type.String() })
    })
  })
)
const loginForm = Compile(Type.Object({ auth: Type.Object({ client_token: Type.String() }) }))

interface Entry {
  readonly values: Readonly<Record<string, string>>
  /** 0 where there is none yet. */
  readonly version: number
  readonly changedAt: Date | null
}

/** One entry of HashiCorp Vault's key/value engine, version 2; read whole, and written only over what was read. */
export function vaultSource({ address, namespace, mount, path, signIn }: VaultPlace): SecretSource {
  const base = address.replace(/\/$/, '')
  const entryPath = `${mount}/data/${path}`
  const place = `${base}/v1/${entryPath}`
  let token: string | undefined

  const ask = async (method: string, at: string, body?: object): Promise<Response> => {
    const where = `${base}/v1/${at}`
    for (let tried = 0; ; tried++) {
      const answer = await fetch(where, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
        headers: {
          'x-vault-request': 'true',
          ...(token === undefined ? {} : { 'x-vault-token': token }),
          ...(namespace === null ? {} : { 'x-vault-namespace': namespace }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' })
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      }).catch((error: unknown) => faultOf(error))
      const isAway = typeof answer === 'string' || answer.status === 429 || answer.status >= 500
      const wait = WAITS_MS[tried]
      if (!isAway) return answer
      if (wait === undefined) throw away(where, answer)
      await sleep(wait)
    }
  }
  const enter = async (): Promise<void> => {
    if ('token' in signIn) {
      token = signIn.token
      return
    }
    token = undefined
    const answer = await ask('POST', 'auth/approle/login', { role_id: signIn.roleId, secret_id: signIn.secretId })
    if (!answer.ok)
      throw new SecretsRefused(
        'secrets.refused',
        `Vault at ${base} refuses the AppRole (${await told(answer)}). Check VAULT_ROLE_ID, and make a new VAULT_SECRET_ID: vault write -f auth/approle/role/lyceum/secret-id`
      )
    token = loginForm.Parse(await answer.json()).auth.client_token
  }
  /** Tokens end: whoever came by AppRole comes in again. */
  const askSignedIn = async (method: string, body?: object): Promise<Response> => {
    if (token === undefined) await enter()
    const answer = await ask(method, entryPath, body)
    if (answer.status !== 403 || 'token' in signIn) return answer
    await enter()
    return ask(method, entryPath, body)
  }
  const read = async (): Promise<Entry> => {
    const answer = await askSignedIn('GET')
    if (answer.status === 404 && (await told(answer.clone())) === '404')
      return { values: {}, version: await versionOf(answer), changedAt: null }
    if (!answer.ok) throw await refused(answer, 'read')
    const { data, metadata } = entryForm.Parse(await answer.json()).data
    return {
      values: Object.fromEntries(Object.entries(data ?? {}).map(([name, value]) => [name, String(value)])),
      version: metadata.version,
      changedAt: new Date(metadata.created_time)
    }
  }
  const refused = async (answer: Response, what: 'read' | 'update'): Promise<SecretsRefused> =>
    new SecretsRefused(
      'secrets.refused',
      answer.status === 403
        ? `Vault does not let this token ${what} ${place} (${await told(answer)}). Check that the token has not ended, and that its policy has: path "${entryPath}" { capabilities = ["${what === 'read' ? 'read' : 'create", "update'}"] }`
        : `Vault answers ${answer.status} at ${place} (${await told(answer)}). Check VAULT_MOUNT (a key/value engine of version 2) and VAULT_PATH.`
    )

  return {
    name: 'vault',
    place,
    files: [],
    read: async () => {
      const { values, changedAt } = await read()
      return new Map(Object.entries(values).map(([name, value]) => [name, { value, changedAt }]))
    },
    write: async (changes) => {
      for (let tried = 1; ; tried++) {
        const { values, version } = await read()
        const data = new Map(Object.entries(values))
        for (const [name, value] of changes) {
          if (value === null) data.delete(name)
          else data.set(name, value)
        }
        const answer = await askSignedIn('POST', { options: { cas: version }, data: Object.fromEntries(data) })
        if (answer.ok) return
        const isOvertaken = answer.status === 400 && /check-and-set/.test(await told(answer.clone()))
        if (!isOvertaken || tried === MOST_WRITES) throw await refused(answer, 'update')
      }
    }
  }
}

function away(where: string, answer: Response | string): SecretsRefused {
  const isSealed = typeof answer !== 'string' && answer.status === 503
  return new SecretsRefused(
    'secrets.unreachable',
    isSealed
      ? `Vault at ${where} is sealed or on standby (503). Unseal it: vault operator unseal`
      : `Vault at ${where} does not answer (${typeof answer === 'string' ? answer : answer.status}). Check VAULT_ADDR, the network and, for https, its certificate (NODE_EXTRA_CA_CERTS). Lyceum does not start without its secrets.`
  )
}

/** Why there was no answer; undici says it in the cause. */
function faultOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return (
    codeOf(cause) ?? (error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : reasonOf(error))
  )
}

/** What Vault says is wrong; it quotes no values. */
async function told(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => undefined)
  const errors = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : undefined
  return Array.isArray(errors) && errors.length > 0 ? errors.map(String).join('; ').trim() : String(answer.status)
}

/** Of an entry that was deleted: it is written over, but its versions go on. */
async function versionOf(answer: Response): Promise<number> {
  const body: unknown = await answer.json().catch(() => undefined)
  return entryForm.Check(body) ? body.data.metadata.version : 0
}
