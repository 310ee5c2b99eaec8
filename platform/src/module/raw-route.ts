import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../auth/caller.ts'
import type { Access } from '../contract/contract.ts'
import type { Context, RequestFacts } from './module.ts'

/** A request whose body or answer is bytes, not JSON: uploads and downloads. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly caller: Caller
  readonly request: RequestFacts
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
