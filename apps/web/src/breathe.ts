/** Ends the task at hand, so that a tap that came meanwhile is answered before the next piece of work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
