/** What people noticed of a release, and what they were told was kept. */
export class Ledger {
  requests = 0
  socketsCut = 0
  pinsBroken = 0
  reconnects = 0
  readonly failures: string[] = []
  /** Things of which an answer said that they were made, by a title or id that is theirs alone. */
  readonly acceptedCourses: string[] = []
  readonly acceptedUploads: string[] = []
  /** Sent without an answer. */
  readonly unanswered: string[] = []
  readonly milliseconds: number[] = []

  answered(since: number): void {
    this.requests++
    this.milliseconds.push(performance.now() - since)
  }

  /** Whatever did not work counts, also where a client could have tried again by itself. */
  failed(what: string, why: string): void {
    this.requests++
    this.failures.push(`${what}: ${why}`)
  }
}
