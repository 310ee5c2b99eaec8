import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ObjectStore } from '../object-store.ts'
import { createS3Store } from '../s3-store.ts'

/** Objects that one answer of S3 lists. */
const PAGE = 1_000

/** A bucket that lists a thousand objects at a time, as S3 does and its emulator does not. `asked` are the places it was asked to go on from. */
export async function startCuttingS3(names: readonly string[]): Promise<{
  readonly store: ObjectStore
  readonly asked: readonly (string | null)[]
  close(): Promise<void>
}> {
  const asked: (string | null)[] = []
  const server = createServer((request, response) => {
    const from = new URL(request.url ?? '', 'http://localhost').searchParams.get('continuation-token')
    asked.push(from)
    const at = Number(from ?? 0)
    const page = names.slice(at, at + PAGE).map((name) => `<Contents><Key>${name}</Key><Size>5</Size></Contents>`)
    const next = at + PAGE < names.length ? `<NextContinuationToken>${at + PAGE}</NextContinuationToken>` : ''
    response.setHeader('content-type', 'application/xml')
    response.end(
      `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${next !== ''}</IsTruncated>${next}${page.join('')}</ListBucketResult>`
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const store = createS3Store({
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    region: 'us-east-1',
    bucket: 'any',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' }
  })
  return {
    store,
    asked,
    close: async () => {
      store.close()
      server.close()
      await once(server, 'close')
    }
  }
}
