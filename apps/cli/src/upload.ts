import { createReadStream, statSync } from 'node:fs'
import { DetailedError, Upload } from 'tus-js-client'
import { CommandFailed } from './outcome.ts'
import type { Door } from './server-door.ts'

/** Seconds between attempts when the line breaks; the upload goes on where it stopped. */
const PAUSES_MS = [0, 500, 1_000, 3_000, 5_000, 10_000]

/** Uploads a file by tus. @returns the id of the file */
export async function uploadFile(
  { url, host, token }: Door,
  path: string,
  name: string,
  show: (text: string) => void
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const upload = new Upload(createReadStream(path), {
    endpoint: new URL('/api/v1/uploads', url).href,
    uploadSize: statSync(path).size,
    chunkSize: 16 * 1024 ** 2,
    metadata: { filename: name },
    retryDelays: PAUSES_MS,
    removeFingerprintOnSuccess: true,
    onBeforeRequest: async (request) => {
      request.setHeader('Host', host)
      request.setHeader('Authorization', `Bearer ${(await token()) ?? ''}`)
    },
    onProgress: (sent, total) => show(`Uploading ${name}: ${total ? Math.floor((sent / total) * 100) : 0} %`),
    onError: (error) => reject(refusal(error)),
    onSuccess: () => resolve(upload.url?.split('/').at(-1) ?? '')
  })
  upload.start()
  return promise
}

/** What the server said about it, where it said anything. */
function refusal(error: Error | DetailedError): Error {
  const body = error instanceof DetailedError ? error.originalResponse?.getBody() : undefined
  try {
    const problem: unknown = JSON.parse(body ?? '')
    if (typeof problem === 'object' && problem !== null && 'code' in problem && 'detail' in problem)
      return new CommandFailed(String(problem.code), String(problem.detail))
  } catch {
    return new CommandFailed('upload.broken', `The upload broke off: ${error.message}. Start the command again.`)
  }
  return error
}
