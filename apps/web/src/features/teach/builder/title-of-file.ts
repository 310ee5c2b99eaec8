/** `02_field-trip.final.pdf` → `02 field-trip.final`: a name to begin with, good enough to leave. */
export const titleOfFile = (name: string): string =>
  (
    name
      .replace(/\.[^.]{1,5}$/, '')
      .replaceAll('_', ' ')
      .trim() || name
  ).slice(0, 200)
