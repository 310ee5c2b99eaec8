import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Static } from 'typebox'
import type { Caller } from '../auth/caller.ts'
import type { Access, Contract, EventType, Input, OperationName, Output } from '../contract/contract.ts'
import type { Tx } from '../db/transaction.ts'
import type { Counter } from './counter.ts'
import type { Impact, Probe } from './probe.ts'

/** What a use case may know of the request it serves. Jobs and reactions have an empty one. */
export interface RequestFacts {
  readonly id: string
  readonly address: string
  readonly userAgent: string
  /** Scheme, host and port as the person sees them, for links: `https://school.example`. */
  readonly origin: string
  /** The refresh token, where the browser sent it as a cookie. */
  readonly refreshCookie: string | null
  /** What the browser was given when it left for an identity provider. */
  readonly providerCookie: string | null
  /** Of somebody who does not exist, in a school made to try a release out. */
  readonly synthetic?: boolean
}

/** What a use case may touch while its transaction is open: its own tables and the outbox, nobody else. */
export interface Context<Tables> {
  readonly caller: Caller
  /** The signed-in caller; refuses with `auth.sign-in-required` where there is none. */
  readonly userId: string
  readonly tenantId: string
  readonly tx: Tx<Tables>
  readonly now: Date
  readonly request: RequestFacts
  /** The version the caller edits, on operations with `ifMatch`. */
  readonly expectedVersion: number | undefined
  publish<E extends EventType>(event: E, payload: Static<E['payload']>): Promise<void>
  /** The same event about many things, in one statement. */
  publishAll<E extends EventType>(event: E, payloads: readonly Static<E['payload']>[]): Promise<void>
  enqueue<J extends JobType>(job: J, payload: Static<J['payload']>, options?: EnqueueOptions): Promise<void>
  /**
   * Keeps the browser that asks on the release that answers, until an instant: for work whose rules must not change under
   * somebody's hands, such as a timed attempt. A preference: when that release fails, another one answers.
   * @param reason what it is for, such as the attempt's id
   */
  pinBrowser(reason: string, until: Date): Promise<void>
  /** The work is over; the browser is free again unless it is pinned for something else. */
  unpinBrowser(reason: string): Promise<void>
}

/** What it may touch before: other modules, through their contracts, holding no connection while they answer. */
export interface Asking {
  readonly caller: Caller
  readonly request: RequestFacts
  call<C extends Contract>(contract: C): ModuleClient<C>
}

export type ModuleClient<C extends Contract> = {
  readonly [K in OperationName<C>]: (input: Input<C, K>) => Promise<Output<C, K>>
}

export interface UseCase<Tables, Given, Answer, Asked = undefined> {
  (context: Context<Tables>, input: Given, asked: Asked): Promise<Answer>
  readonly ask?: (asking: Asking, input: Given) => Promise<Asked>
  readonly steps?: (steps: Steps<Tables>, input: Given) => Promise<Answer>
}

/** A use case that needs another module's answer. There is no `call` inside a transaction, by construction. */
export const askFirst = <Tables, Given, Answer, Asked>(
  ask: (asking: Asking, input: Given) => Promise<Asked>,
  act: (context: Context<Tables>, input: Given, asked: Asked) => Promise<Answer>
): UseCase<Tables, Given, Answer, Asked> =>
  Object.assign((context: Context<Tables>, input: Given, asked: Asked) => act(context, input, asked), { ask })

/** What an operation may do that is slow between its transactions: hashing a password, asking an outside server. */
export interface Steps<Tables> extends Asking {
  readonly tenantId: string
  readonly now: Date
  /** The version the caller edits, on operations with `ifMatch`. */
  readonly expectedVersion: number | undefined
  transact<Answer>(work: (context: Context<Tables>) => Promise<Answer>): Promise<Answer>
}

/** A use case of several transactions, none of them open while it waits. It must be safe to stop between any two. */
export const inSteps = <Tables, Given, Answer>(
  steps: (steps: Steps<Tables>, input: Given) => Promise<Answer>
): UseCase<Tables, Given, Answer, undefined> =>
  Object.assign(
    () => {
      throw new Error('A use case in steps opens its own transactions.')
    },
    { steps }
  )

/** Work done later, outside any request. The payload is versioned by its schema: newer fields are optional. */
export interface JobType<Name extends string = string, Payload extends EventType['payload'] = EventType['payload']> {
  /** `<module>.<verb>-<noun>` */
  readonly name: Name
  readonly payload: Payload
}

export const defineJob = <const Name extends string, Payload extends EventType['payload']>(
  name: Name,
  payload: Payload
): JobType<Name, Payload> => ({
  name,
  payload
})

export interface EnqueueOptions {
  readonly runAt?: Date
  readonly maxAttempts?: number
  /** Replaces a waiting job of the same key. */
  readonly key?: string
}

/** What a job may do: several transactions, one after another, and questions between them. */
export interface JobContext<Tables> extends Asking {
  readonly tenantId: string
  /** 1 on the first try. */
  readonly attempt: number
  readonly lastAttempt: boolean
  transact<Answer>(work: (context: Context<Tables>) => Promise<Answer>): Promise<Answer>
}

/** Runs a piece of the module with its `Tables` hidden inside, so that modules of different tables fit one registry. */
export interface Runner {
  transact<Tables, Answer>(work: (context: Context<Tables>) => Promise<Answer>): Promise<Answer>
  /** The same, but a request sent again with its idempotency key gets the first answer instead. */
  transactOnce<Tables, Answer>(work: (context: Context<Tables>) => Promise<Answer>): Promise<Answer>
  /** For work that only reads: its statements travel in packets, see `readInTenant`. */
  read<Tables, Answer>(work: (context: Context<Tables>) => Promise<Answer>): Promise<Answer>
  readonly asking: Asking
  readonly now: Date
  readonly expectedVersion: number | undefined
}

type Invoke = (runner: Runner, input: unknown) => Promise<unknown>

export interface Subscription {
  readonly event: EventType
  readonly react: Invoke
}

export interface JobHandler {
  readonly job: JobType
  readonly handle: (
    context: Omit<JobContext<never>, 'transact'> & Pick<Runner, 'transact'>,
    payload: unknown
  ) => Promise<void>
}

/** Work on a clock, once per installation whatever the number of processes; `cron` in UTC. */
export interface Schedule {
  readonly job: JobType
  readonly cron: string
}

/** A request whose body or answer is bytes, not JSON: uploads and downloads. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly caller: Caller
  readonly request: RequestFacts
  /** Other modules, while no transaction is open. */
  call<C extends Contract>(contract: C): ModuleClient<C>
  transact<Tables, Answer>(work: (context: Context<Tables>) => Promise<Answer>): Promise<Answer>
}

export interface RawRoute {
  readonly methods: readonly ('GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS')[]
  /** Below `/api/v1`. */
  readonly path: string
  readonly access: Access
  readonly summary: string
  /** Writes the whole answer; what it throws becomes problem details if nothing was sent yet. */
  readonly handle: (exchange: Exchange) => Promise<void>
}

export interface Module {
  readonly contract: Contract
  readonly operations: Readonly<Record<string, Invoke>>
  readonly subscriptions: readonly Subscription[]
  readonly jobs: readonly JobHandler[]
  readonly rawRoutes: readonly RawRoute[]
  /** What must work in this area before a release serves anybody. */
  readonly probes: readonly Probe[]
  /** What schools do in this area, in numbers. */
  readonly counters: readonly Counter[]
  /** Who would notice if this area went away now, in one school. */
  readonly impact: (runner: Pick<Runner, 'read'>) => Promise<readonly Impact[]>
}

/** A use case whatever it asks for first; the answer to its question goes back to nobody but itself. */
interface AnyUseCase<Tables, Given, Answer> {
  (context: Context<Tables>, input: Given, asked: never): Promise<Answer>
  readonly ask?: (asking: Asking, input: Given) => Promise<unknown>
  readonly steps?: (steps: Steps<Tables>, input: Given) => Promise<Answer>
}

/** Matches a contract with its use cases; an operation without one does not compile. */
export function defineModule<C extends Contract, Tables>(definition: {
  readonly contract: C
  readonly operations: { readonly [K in OperationName<C>]: AnyUseCase<Tables, Input<C, K>, Output<C, K>> }
  readonly subscriptions?: readonly Subscription[]
  readonly jobs?: readonly JobHandler[]
  readonly rawRoutes?: readonly RawRoute[]
  readonly probes?: readonly Probe[]
  readonly counters?: readonly Counter[]
  readonly impact?: (context: Context<Tables>) => Promise<readonly Impact[]>
}): Module {
  const { impact } = definition
  const useCases: Record<string, AnyUseCase<Tables, never, unknown>> = { ...definition.operations }
  const operations = Object.entries(useCases).map(([name, useCase]) => [name, invoke(useCase)])
  return {
    contract: definition.contract,
    operations: Object.fromEntries(operations),
    subscriptions: definition.subscriptions ?? [],
    jobs: definition.jobs ?? [],
    rawRoutes: definition.rawRoutes ?? [],
    probes: definition.probes ?? [],
    counters: definition.counters ?? [],
    impact: async (runner) => (impact ? runner.read<Tables, readonly Impact[]>(impact) : [])
  }
}

/** A reaction to another module's event: runs once per event, in a transaction of its own. */
export const on = <Tables, E extends EventType>(
  event: E,
  react: AnyUseCase<Tables, Static<E['payload']>, void>
): Subscription => ({
  event,
  react: invoke(react)
})

export const onJob = <Tables, J extends JobType>(
  job: J,
  handle: (context: JobContext<Tables>, payload: Static<J['payload']>) => Promise<void>
): JobHandler => ({
  job,
  // The payload was validated against the job's schema before it came here.
  handle: (context, payload) => handle(context, payload as Static<J['payload']>)
})

const invoke =
  <Tables, Given, Answer>(useCase: AnyUseCase<Tables, Given, Answer>): Invoke =>
  async (runner, input) => {
    // The parsing edge: input was validated against the operation's or event's schema before it comes here.
    const given = input as Given
    if (useCase.steps) {
      const { asking, now, expectedVersion } = runner
      const steps: Steps<Tables> = {
        ...asking,
        now,
        expectedVersion,
        tenantId: asking.caller.tenantId,
        transact: (work) => runner.transact(work)
      }
      return useCase.steps(steps, given)
    }
    const asked = (await useCase.ask?.(runner.asking, given)) as never
    return runner.transactOnce<Tables, Answer>((context) => useCase(context, given, asked))
  }
