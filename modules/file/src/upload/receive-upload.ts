import { Readable } from 'node:stream'
import { defineError, type ErrorKind, LyceumError } from '@lyceum/platform/errors'
import { newId } from '@lyceum/platform/id'
import type { Exchange, RawRoute } from '@lyceum/platform/module'
import { Server, type ServerOptions } from '@tus/server'
import type { FileContext, FileServices } from '../context.ts'
import { removeFile } from '../file/delete-file.ts'
import { FileNotFound, FileTooLarge, reserveStorage } from '../file/file.ts'
import { cleanFileName } from '../file/file-name.ts'
import { ExpireUpload, UPLOAD_LIFETIME_MS } from './expire-upload.ts'
import { finishUpload } from './finish-upload.ts'
import type { UploadLocks } from './upload-locks.ts'
import type { UploadStore } from './upload-store.ts'

const UploadFinished = defineError(
  'file.upload-finished',
  'conflict',
  () => 'That upload is complete; nothing can be added. Start a new one.'
)

const PROTOCOL_FAULTS: Readonly<Record<number, ErrorKind>> = {
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'not-found',
  412: 'stale',
  413: 'too-large',
  415: 'unsupported'
}

const UploadProtocol = defineError(
  'file.upload-protocol',
  'invalid',
  (said: string) => `The upload does not follow tus 1.0.0: ${said}. Ask with HEAD how far it is, and go on from there.`
)

/** What tus answers in a line of text, as a problem of the same status. */
function protocolBroken(status: number, said: string): LyceumError {
  const { code, kind, message } = UploadProtocol(said.trim())
  return new LyceumError(code, PROTOCOL_FAULTS[status] ?? kind, message)
}

const PATH = '/api/v1/uploads'
const TUS = '1.0.0'
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Resumable uploads: tus 1.0.0 (https://tus.io/protocols/resumable-upload) with creation, creation-with-upload,
 * termination and expiration. An upload's id is the id of the file it becomes.
 */
export function uploadRoutes(services: FileServices, uploads: UploadStore, locks: UploadLocks): readonly RawRoute[] {
  const finish = finishUpload(services, uploads)

  /** Whoever of several requests notices first that the bytes are whole does the work; the others find it done. */
  const complete = (exchange: Exchange, fileId: string) =>
    locks.hold(fileId, async () => {
      const upload = await exchange.transact((context: FileContext) => readOwn(context, fileId))
      if (upload.received_at === null) await finish(exchange.transact, exchange.caller.tenantId, upload)
    })

  const speak = async (exchange: Exchange, { expires, missing, ...options }: Speech): Promise<void> => {
    const refusals: Error[] = []
    const server = new Server({
      path: PATH,
      relativeLocation: true,
      datastore: uploads,
      locker: locks,
      getFileIdFromRequest: () => exchange.params.fileId,
      onUploadFinish: async (_request, { id }) => {
        await complete(exchange, id)
        return {}
      },
      // Refusals of our own are told as they are; those of the protocol come as an answer with a line of text.
      onResponseError: (_request, error) => {
        if (error instanceof Error) refusals.push(error)
        return undefined
      },
      ...options
    })
    const answer = await server.handleWeb(asWebRequest(exchange))
    const { req, res } = exchange
    // The sender went away in the middle, as phones do: there is nobody to answer.
    if (res.destroyed) return
    if (!req.complete) res.setHeader('connection', 'close')
    if (refusals[0]) throw refusals[0]
    if (missing && (answer.status === 404 || answer.status === 410)) return missing()
    // Who may ask from where is the platform's decision.
    for (const [name, value] of answer.headers) if (!name.startsWith('access-control-')) res.setHeader(name, value)
    if (answer.status >= 400) {
      for (const name of ['content-type', 'content-length']) res.removeHeader(name)
      throw protocolBroken(answer.status, await answer.text())
    }
    const until = expires?.()
    if (until) res.setHeader('upload-expires', until.toUTCString())
    res.statusCode = answer.status
    res.end(await answer.text())
  }

  const create = async (exchange: Exchange): Promise<void> => {
    const fileId = newId()
    let expires: Date | undefined
    try {
      await speak(exchange, {
        expires: () => expires,
        namingFunction: () => fileId,
        onUploadCreate: async (_request, { size = 0, metadata }) => {
          const name = cleanFileName(metadata?.filename ?? metadata?.name ?? '')
          const upload = { id: fileId, name, size }
          expires = await exchange.transact((context: FileContext) => announce(context, services, upload))
          return {}
        }
      })
    } catch (error) {
      // The sender never learns this id: nothing of it may stay, or it would hold space for a week.
      if (expires) await forget(exchange, fileId)
      throw error
    }
  }

  const forget = (exchange: Exchange, fileId: string): Promise<void> =>
    locks.hold(fileId, async () => {
      await exchange.transact((context: FileContext) => removeFile(context, fileId))
      await uploads.discard(fileId)
    })

  const resume = async (exchange: Exchange): Promise<void> => {
    const fileId = fileIdOf(exchange)
    let upload = await exchange.transact((context: FileContext) => readOwn(context, fileId))
    // Complete, but the process ended before it could say so.
    if (upload.received_at === null && (upload.key !== null || (await uploads.received(fileId)) === upload.size)) {
      await complete(exchange, fileId)
      upload = await exchange.transact((context: FileContext) => readOwn(context, fileId))
    }
    if (upload.received_at !== null) return answerFinished(exchange, upload.size)
    await speak(exchange, {
      expires: () => new Date(Date.parse(upload.created_at) + UPLOAD_LIFETIME_MS),
      // While this request waited for its turn, another one brought the rest.
      missing: async () => {
        const { received_at, size } = await exchange.transact((context: FileContext) => readOwn(context, fileId))
        if (received_at === null) throw FileNotFound()
        answerFinished(exchange, size)
      }
    })
  }

  const terminate = async (exchange: Exchange): Promise<void> => {
    const fileId = fileIdOf(exchange)
    await exchange.transact((context: FileContext) => readOwn(context, fileId))
    await forget(exchange, fileId)
    exchange.res.writeHead(204, { 'tus-resumable': TUS }).end()
  }

  return [
    {
      methods: ['OPTIONS'],
      path: '/uploads',
      access: 'anyone',
      summary: 'What uploads can do here (tus)',
      handle: (exchange) => speak(exchange, {})
    },
    {
      methods: ['POST'],
      path: '/uploads',
      access: 'signed-in',
      summary: 'Announce an upload: Upload-Length, and `filename` in Upload-Metadata (tus)',
      handle: create
    },
    {
      methods: ['HEAD', 'PATCH'],
      path: '/uploads/:fileId',
      access: 'signed-in',
      summary: 'How far an upload is; go on with it (tus)',
      handle: resume
    },
    {
      methods: ['DELETE'],
      path: '/uploads/:fileId',
      access: 'signed-in',
      summary: 'Give up an upload (tus)',
      handle: terminate
    }
  ]
}

interface Speech extends Partial<ServerOptions> {
  readonly expires?: () => Date | undefined
  /** Answers instead where the bytes are not in the folder of unfinished uploads. */
  readonly missing?: () => Promise<void>
}

/** A sender who missed the last answer asks how far the upload is: it is complete. */
function answerFinished({ req, res }: Exchange, size: number): void {
  if (req.method !== 'HEAD') throw UploadFinished()
  const headers = { 'tus-resumable': TUS, 'cache-control': 'no-store', 'upload-offset': size, 'upload-length': size }
  res.writeHead(200, headers).end()
}

/** The row comes before the bytes: whatever lies in the folder is known to somebody, and counted. */
async function announce(
  context: FileContext,
  { maxFileBytes, tenantLimitBytes }: Pick<FileServices, 'maxFileBytes' | 'tenantLimitBytes'>,
  { id, name, size }: { readonly id: string; readonly name: string; readonly size: number }
): Promise<Date> {
  if (size > maxFileBytes) throw FileTooLarge(maxFileBytes)
  await reserveStorage(context, size, tenantLimitBytes)
  const { tx, now, userId, enqueue } = context
  await tx
    .insertInto('file.file')
    .values({ id, name, size, state: 'receiving', created_at: now, created_by: userId })
    .execute()
  const expires = new Date(now.getTime() + UPLOAD_LIFETIME_MS)
  await enqueue(ExpireUpload, { fileId: id }, { runAt: expires })
  return expires
}

/** Only who began an upload may know of it. */
async function readOwn({ tx, userId }: FileContext, fileId: string) {
  const upload = await tx
    .selectFrom('file.file')
    .select(['id', 'name', 'size', 'key', 'received_at', 'created_at'])
    .where('id', '=', fileId)
    .where('created_by', '=', userId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (!upload) throw FileNotFound()
  return upload
}

function fileIdOf({ params }: Exchange): string {
  const { fileId = '' } = params
  if (!ID.test(fileId)) throw FileNotFound()
  return fileId
}

function asWebRequest({ req }: Exchange): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) headers.set(name, String(value))
  const hasBody = req.method === 'POST' || req.method === 'PATCH'
  return new Request(new URL(req.url ?? '/', 'http://uploads'), {
    method: req.method ?? 'GET',
    headers,
    ...(hasBody ? { body: Readable.toWeb(req), duplex: 'half' as const } : {})
  })
}
