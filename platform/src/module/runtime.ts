import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { asInternal, type Caller, installation } from '../auth/caller.ts'
import type { Clock } from '../clock.ts'
import type { Access, Contract, Operation } from '../contract/contract.ts'
import type { Database } from '../db/database.ts'
import { readInTenant } from '../db/tenant-read.ts'
import { inTenant } from '../db/tenant-transaction.ts'
import { atPrimary, type Trail } from '../db/trail.ts'
import { defineError, LyceumError } from '../errors.ts'
import { publish, publishAll } from '../events/outbox.ts'
import { enqueue } from '../jobs/job.ts'
import { dropPin, keepPin } from '../pin/open-pins.ts'
import type { Pin } from '../pin/pin-cookie.ts'
import { answerOnce } from './idempotency.ts'
import type { Context, Module, ModuleClient, RequestFacts, Runner } from './module.ts'

export const SignInRequired = defineError('auth.sign-in-required', 'unauthenticated', () => 'Sign in first.')
const PermissionMissing = defineError(
  'auth.permission-missing',
  'forbidden',
  (access: string) => `Your role does not include this (${access}). An administrator of your school can change that.`
)
const NoSuchModule = (name: string) => new Error(`This process does not serve the module ${name}`)

/** One request, job or reaction on its way through. */
export interface Entry {
  readonly caller: Caller
  readonly request: RequestFacts
  readonly expectedVersion?: number | undefined
  readonly idempotencyKey?: string | undefined
  /** What the work wants done in the browser that asked, if one did. */
  readonly browser?: { pin?: Pin | null }
  /** Where it may read, and who hears what it has written; without, it reads at the primary. */
  readonly trail?: Trail | undefined
}

export interface Runtime {
  readonly modules: readonly Module[]
  readonly database: Database
  readonly clock: Clock
  /** Authorizes and runs one operation; `input` has been validated. */
  invoke(module: Module, name: string, entry: Entry, input: unknown): Promise<unknown>
  /** The same for another module that asks: its input is validated here. */
  ask(module: Module, name: string, entry: Entry, input: unknown): Promise<unknown>
  /** What reactions, jobs and raw routes run with. */
  runner(moduleName: string, entry: Entry): Runner
}

/** Modules that other processes serve. */
export interface RemoteModules {
  /** @param reads whether the operation changes nothing, so that it may be asked twice */
  call(module: string, name: string, reads: boolean, entry: Entry, input: unknown): Promise<unknown>
}

export interface RuntimeOptions {
  readonly modules: readonly Module[]
  readonly database: Database
  readonly clock: Clock
  /** The release that answers here; what browsers are pinned to. */
  readonly release: string
  /** Told when an event or a job was written, before its transaction commits. */
  readonly queued?: () => void
  /** Asked for modules that are not among `modules`. */
  readonly remote?: RemoteModules | undefined
}

export const noRequest: RequestFacts = {
  id: '',
  address: '',
  userAgent: '',
  origin: '',
  refreshCookie: null,
  providerCookie: null
}

/** What turns contracts and use cases into something that runs: authorization, questions, fences, events. */
export function createRuntime({
  modules,
  database,
  clock,
  release,
  remote,
  queued = () => undefined
}: RuntimeOptions): Runtime {
  const byName = new Map(modules.map((module) => [module.contract.module, module]))

  const runner = (moduleName: string, entry: Entry): Runner => {
    const within =
      (open: typeof inTenant): Runner['transact'] =>
      <Tables, Answer>(work: (context: Context<Tables>) => Promise<Answer>): Promise<Answer> =>
        open<Tables, Answer>(database, fencesOf(moduleName, entry), (tx) => {
          const now = clock.now()
          return work({
            caller: entry.caller,
            get userId() {
              return signedIn(entry).userId
            },
            tenantId: entry.caller.tenantId,
            tx,
            now,
            request: entry.request,
            expectedVersion: entry.expectedVersion,
            publish: (event, payload) => {
              queued()
              return publish(tx, now, event, payload)
            },
            publishAll: (event, payloads) => {
              queued()
              return publishAll(tx, now, event, payloads)
            },
            enqueue: (job, payload, options) => {
              queued()
              return enqueue(tx, job, { tenantId: entry.caller.tenantId, payload }, options)
            },
            pinBrowser: async (reason, until) => {
              const { userId } = signedIn(entry)
              await keepPin(tx, { userId, reason, release, until, now })
              if (entry.browser) entry.browser.pin = { release, until }
            },
            unpinBrowser: async (reason) => {
              const { userId } = signedIn(entry)
              const until = await dropPin(tx, { userId, reason, release, now })
              if (entry.browser) entry.browser.pin = until === null ? null : { release, until }
            }
          })
        })
    const transact = within(inTenant)
    return {
      transact,
      transactOnce: transact,
      read: within(readInTenant),
      now: clock.now(),
      expectedVersion: entry.expectedVersion,
      asking: { caller: entry.caller, request: entry.request, call: (contract) => client(contract, entry) }
    }
  }

  const invoke: Runtime['invoke'] = (module, name, given, input) => {
    const operation = module.contract.operations[name]
    const run = module.operations[name]
    if (!operation || !run) throw new Error(`${module.contract.module} has no operation ${name}`)
    authorize(operation.access, given.caller)
    // What is answered to somebody may be a moment old; what a change is decided by may not, and neither may what is cached.
    const entry = onlyReads(operation) ? given : { ...given, trail: atPrimary(given.trail) }
    const own = runner(module.contract.module, entry)
    const { idempotencyKey } = entry
    if (onlyReads(operation)) return run({ ...own, transactOnce: own.read }, input)
    if (idempotencyKey === undefined || operation.method !== 'POST' || entry.caller.userId === null)
      return run(own, input)
    const once: Runner = {
      ...own,
      transactOnce: <Tables, Answer>(work: (context: Context<Tables>) => Promise<Answer>) =>
        own.transact<Tables, Answer>((context) =>
          answerOnce(context, { key: idempotencyKey, operation: name, input }, work)
        )
    }
    return run(once, input)
  }

  const ask: Runtime['ask'] = async (module, name, entry, input) => {
    const operation = module.contract.operations[name]
    if (operation) mustFit(operation, input)
    return invoke(module, name, entry, input)
  }

  /** Calls between modules take the same validation and authorization whether they cross a process or not. */
  const client = <C extends Contract>(contract: C, entry: Entry): ModuleClient<C> => {
    const module = byName.get(contract.module)
    if (!module && !remote) throw NoSuchModule(contract.module)
    const asking: Entry = { caller: asInternal(entry.caller), request: entry.request, trail: entry.trail }
    const calls = Object.entries(contract.operations).map(([name, operation]) => [
      name,
      async (input: unknown) =>
        module
          ? ask(module, name, asking, input)
          : remote?.call(contract.module, name, onlyReads(operation), asking, input)
    ])
    // Contract and use cases were matched when the module was defined.
    return Object.fromEntries(calls) as ModuleClient<C>
  }

  return { modules, database, clock, invoke, ask, runner }
}

const fencesOf = (moduleName: string, { caller, trail }: Entry) => ({
  tenantId: caller.tenantId,
  role: `lyceum_${moduleName}`,
  trail
})

function signedIn({ caller: { userId } }: Entry): { readonly userId: string } {
  if (userId === null) throw SignInRequired()
  return { userId }
}

/** What is open to anyone may count failed guesses, and what redirects may open a sign-in: those write, although they are GETs. */
const onlyReads = ({ method, redirect, access }: Operation): boolean =>
  method === 'GET' && redirect !== true && access !== 'anyone'

export function authorize(access: Access, caller: Caller): void {
  if (access === 'anyone') return
  if (access === 'internal') {
    if (!caller.internal) throw PermissionMissing('internal')
    return
  }
  if (caller.internal) return
  if (caller.userId === null) throw SignInRequired()
  if (access !== 'signed-in' && !caller.permissions.includes(access)) throw PermissionMissing(access)
}

/** A job or a reaction acts for the installation, inside one tenant. */
export const installationEntry = (tenantId: string): Entry => ({ caller: installation(tenantId), request: noRequest })

const validators = new WeakMap<TSchema, Validator>()

function mustFit({ input: schema, path }: Operation, input: unknown): void {
  const validator = validators.get(schema) ?? Compile(schema)
  validators.set(schema, validator)
  if (validator.Check(input)) return
  const [first] = validator.Errors(input)
  throw new LyceumError(
    'internal.bad-question',
    'invalid',
    `A module asked ${path} wrongly: ${first?.instancePath} ${first?.message}`
  )
}
