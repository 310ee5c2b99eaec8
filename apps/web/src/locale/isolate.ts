const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/
const LEFT_TO_RIGHT = /[A-Za-z\u00c0-\u02af\u0370-\u052f\u0900-\ud7ff]/

/**
 * What people wrote, put into a sentence of the other direction, keeps its own order: without it the question mark of
 * “How far apart?” stands before the first word of an Arabic sentence (Unicode UAX #9, FSI … PDI).
 */
export function isolate(text: string, direction: 'ltr' | 'rtl'): string {
  const other = direction === 'rtl' ? LEFT_TO_RIGHT : RIGHT_TO_LEFT
  return other.test(text) ? `\u2068${text}\u2069` : text
}
