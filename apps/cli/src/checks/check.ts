import type { Config } from '@lyceum/platform/config'

/** What a check looks at; faults of the settings are a check of their own, so `config` may hold defaults. */
export interface Place {
  readonly config: Config
  readonly home: string
  readonly faults: readonly string[]
}

export type Finding =
  | { readonly state: 'ok' | 'skipped'; readonly message: string }
  /** `note` is worth knowing and no fault. */
  | { readonly state: 'note' | 'fault'; readonly message: string; readonly remedy: string }

/** One thing that must be right, how it is found out, and what to do when it is not. */
export interface Check {
  readonly what: string
  readonly check: (place: Place) => Promise<Finding>
}

export const ok = (message: string): Finding => ({ state: 'ok', message })
export const skipped = (message: string): Finding => ({ state: 'skipped', message })
export const fault = (message: string, remedy: string): Finding => ({ state: 'fault', message, remedy })
export const note = (message: string, remedy: string): Finding => ({ state: 'note', message, remedy })
