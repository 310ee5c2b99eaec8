/** A place that secrets are kept in and read from before the settings are. */
export interface SecretSource {
  readonly name: SourceName
  /** Where that is, for people. */
  readonly place: string
  /** Files of this machine whose change may be a change of a secret; none where somebody has to be asked. */
  readonly files: readonly string[]
  /**
   * Every secret that is there, by the name of its setting.
   * @throws SecretsRefused
   */
  read(): Promise<ReadonlyMap<string, StoredSecret>>
  /**
   * All of these or, where the place can do that, none; null removes. What is there beside them stays.
   * @throws SecretsRefused
   */
  write(changes: ReadonlyMap<string, string | null>): Promise<void>
}

export interface StoredSecret {
  readonly value: string
  /** When it was put there, where the place knows. */
  readonly changedAt: Date | null
}

export type SourceName = 'file' | 'home' | 'bundle' | 'vault' | 'azure-key-vault'

/** A place with secrets cannot be used; the message says which, why and what to do, and never a secret. */
export class SecretsRefused extends Error {
  readonly code: string
  constructor(
    code: 'secrets.unreachable' | 'secrets.refused' | 'secrets.unreadable' | 'secrets.busy',
    message: string
  ) {
    super(message)
    this.name = 'SecretsRefused'
    this.code = code
  }
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
