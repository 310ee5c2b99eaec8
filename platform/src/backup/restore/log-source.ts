import { isArchivable, readSegmentName } from '../wal/log-sequence.ts'

export interface LogSource {
  /** Content for `restore_command`; null where the archive has no such file, which ends the log. */
  fetch(file: string): Promise<Buffer | null>
  /** Why the log could not be read on; undefined where it was. */
  readonly fault: () => unknown
}

/** Segments ahead that are fetched and opened while PostgreSQL replays. */
const AHEAD = 3

/**
 * Hands PostgreSQL its log. What is damaged is never taken for the end of the log.
 * @param read a file by its name; null where there is none
 * @param segments names of the segments to come, in order
 */
export function createLogSource(
  read: (file: string) => Promise<Buffer | null>,
  segments: readonly string[]
): LogSource {
  let fault: unknown
  const ready = new Map<string, Promise<Buffer | null>>()
  const begin = (file: string): Promise<Buffer | null> => {
    const reading = ready.get(file) ?? read(file)
    // Whoever asks for it hears of its failure.
    reading.catch(() => undefined)
    ready.set(file, reading)
    return reading
  }
  return {
    fault: () => fault,
    fetch: async (file) => {
      if (!isArchivable(file)) return null
      try {
        const reading = begin(file)
        if (readSegmentName(file)) {
          const at = segments.indexOf(file)
          if (at !== -1) for (const next of segments.slice(at + 1, at + 1 + AHEAD)) begin(next)
        }
        return await reading
      } catch (error) {
        fault = error
        throw error
      } finally {
        ready.delete(file)
      }
    }
  }
}
