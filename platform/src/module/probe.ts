/** Somebody of a synthetic school, at one address, over HTTP. */
export interface Visitor {
  readonly email: string
  readonly password: string
  /**
   * Sends a request and reads the whole answer; as somebody signed in once `bear` was told a token.
   * @param path below `/api/v1`
   */
  send(
    method: string,
    path: string,
    more?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  ): Promise<ProbeAnswer>
  bear(accessToken: string): void
}

export interface ProbeAnswer {
  readonly status: number
  readonly header: (name: string) => string | null
  /** Parsed where it is JSON, else text. */
  readonly body: unknown
}

export interface ProbePeople {
  readonly teacher: Visitor
  readonly learner: Visitor
}

/**
 * Something people do every day, done by people who do not exist before a release serves anybody. A module adds those of its
 * own area; they run one after another, in the order of the modules.
 */
export interface Probe {
  /** Lower case with hyphens, such as `sign-in`; one word for one thing in the whole product. */
  readonly name: string
  /** What works when it passes, in words. */
  readonly about: string
  /** @throws ProbeFailed saying what was seen instead */
  readonly run: (people: ProbePeople) => Promise<void>
}

export class ProbeFailed extends Error {}

/** @throws ProbeFailed unless the answer has this status */
export function mustAnswer(answer: ProbeAnswer, status: number, what: string): ProbeAnswer {
  if (answer.status === status) return answer
  const said = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  throw new ProbeFailed(`${what}: ${answer.status} instead of ${status}: ${(said ?? '').slice(0, 300)}`)
}

/** A text of a JSON answer, by the names that lead to it. @throws ProbeFailed where there is none */
export function textAt(body: unknown, ...names: readonly (string | number)[]): string {
  const found = names.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).find(([key]) => key === String(name))?.[1]
        : undefined,
    body
  )
  if (typeof found === 'string') return found
  throw new ProbeFailed(`the answer has no ${names.join('.')}: ${JSON.stringify(body)?.slice(0, 300)}`)
}

/** People of a school in the middle of something, or work of theirs under way. */
export interface Impact {
  /** In the words of operators, plural, such as `people studying`. */
  readonly what: string
  readonly count: number
  /** Until when it must not be disturbed: an instant; null where there is no such end. */
  readonly until: string | null
}
