const PATIENCE_MS = 3_000

/** Whoever scrapes waits ten seconds at most. @returns undefined when it failed or took longer than three */
export async function inTime<Answer>(work: Promise<Answer>): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((answer) => {
    timer = setTimeout(() => answer(undefined), PATIENCE_MS)
  })
  try {
    return await Promise.race([work.catch(() => undefined), late])
  } finally {
    clearTimeout(timer)
  }
}

const FRESH_MS = 5_000

/**
 * Asked once for all who want to know together, and at most every five seconds unless said otherwise.
 * @param missingMs for how long it is believed that there is nothing (null), or no answer (undefined)
 */
export function askedSeldom<Answer>(
  ask: () => Promise<Answer>,
  freshMs = FRESH_MS,
  missingMs = freshMs
): () => Promise<Answer | undefined> {
  let asked: { readonly at: number; readonly answer: Promise<Answer | undefined>; keepMs: number } | undefined
  return () => {
    const at = performance.now()
    if (asked && at - asked.at <= asked.keepMs) return asked.answer
    const now = { at, answer: inTime(ask()), keepMs: freshMs }
    now.answer.then((answer) => {
      if (answer === undefined || answer === null) now.keepMs = missingMs
    })
    asked = now
    return now.answer
  }
}
