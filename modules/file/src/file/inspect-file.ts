import { dimensionsOf } from '../rendition/picture.ts'
import { type MediaType, sniffMediaType } from './media-type.ts'

export interface Findings extends MediaType {
  readonly width: number | null
  readonly height: number | null
}

/** Everything the bytes tell about themselves. */
export async function inspectFile(path: string, name: string): Promise<Findings> {
  const type = await sniffMediaType(path, name)
  return { ...type, ...(await dimensionsOf(path, type.mediaType)) }
}
