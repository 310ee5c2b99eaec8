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

/** Asked once for all who want to know together, and at most every five seconds unless said otherwise. */
export function askedSeldom<Answer>(ask: () => Promise<Answer>, freshMs = FRESH_MS): () => Promise<Answer | undefined> {
  let asked: { readonly at: number; readonly answer: Promise<Answer | undefined> } | undefined
  return () => {
    const at = performance.now()
    if (!asked || at - asked.at > freshMs) asked = { at, answer: inTime(ask()) }
    return asked.answer
  }
}
