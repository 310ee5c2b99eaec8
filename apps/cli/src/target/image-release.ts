import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { TargetRefused } from './target-refused.ts'

const Migration = Type.String({ minLength: 1 })

/** `release.json` of a release that is an image: `npm run release:pack -- --image` writes it. */
const ImageRelease = Type.Object({
  name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' }),
  commit: Type.String({ pattern: '^[0-9a-f]{7,64}$' }),
  schema: Type.Object({ min: Migration, max: Migration }),
  /** By its digest: a tag says nothing about which bytes run. */
  image: Type.String({ pattern: '^[a-z0-9][a-z0-9.\\-/_:]*@sha256:[0-9a-f]{64}$' })
})
export type ImageRelease = Static<typeof ImageRelease>
const validator = Compile(ImageRelease)

/** @throws TargetRefused `target.release-unusable`, naming what is wrong */
export function readImageRelease(text: string, from: string): ImageRelease {
  const refuse = (why: string): never => {
    throw new TargetRefused(
      'target.release-unusable',
      `${from} is no release: ${why}. “npm run release:pack -- --image repository@sha256:…” writes one.`
    )
  }
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
  if (validator.Check(given)) {
    const { name, commit, schema, image } = given
    return { name, commit, schema, image }
  }
  return refuse(
    validator
      .Errors(given)
      .map(({ instancePath, message }) => `${instancePath || 'release.json'} ${message}`)
      .join(', ')
  )
}
