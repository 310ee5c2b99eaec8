/** What is known of one process under supervision. */
export interface UnitStatus {
  readonly running: boolean
  readonly pid: number | null
  /** How often it came back after ending by itself. */
  readonly restarts: number
}

/** What a unit runs. */
export interface Unit {
  readonly name: string
  /** Folder of the release. */
  readonly folder: string
  /** What `lyceum` there is told to do. */
  readonly serve: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** Starts and stops named processes, which run on when the tool has ended. */
export interface Supervisor {
  /** Starts a unit that does not run; one that runs is left as it is. */
  start(unit: Unit): Promise<void>
  /** Asks the unit to leave and waits until it has; idempotent. */
  stop(name: string): Promise<void>
  status(name: string): Promise<UnitStatus>
  /** What it has written since it was started, restarts included. */
  log(name: string): AsyncIterable<string>
}
