/** What the people in the load saw, and what they were told was kept. */
export class Ledger {
  answers = 0
  /** When something failed, by the clock of `performance.now`. */
  readonly failures: { readonly at: number; readonly why: string }[] = []
  /** Titles of courses, and people who were enrolled, of which an answer said that it was done. */
  readonly courses: string[] = []
  readonly enrolled: string[] = []
  /** Reads that did not show what the same person had just written. */
  stale = 0

  failed(why: string): void {
    this.failures.push({ at: performance.now(), why })
  }
}
