import { Readable } from 'node:stream'
import { defineError } from '@lyceum/platform/errors'
import { newId } from '@lyceum/platform/id'
import type { Exchange, RawRoute } from '@lyceum/platform/raw-route'
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

  const speak = async (exchange: Exchange, options: Partial<ServerOptions>, expires: Date): Promise<void> => {
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
      // Refusals of our own become problem details, like everywhere; those of the protocol stay in its words.
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
    // Who may ask from where is the platform's decision.
    for (const [name, value] of answer.headers) if (!name.startsWith('access-control-')) res.setHeader(name, value)
    if (answer.ok && req.method !== 'OPTIONS') res.setHeader('upload-expires', expires.toUTCString())
    res.statusCode = answer.status
    res.end(await answer.text())
  }

  const create = async (exchange: Exchange): Promise<void> => {
    const expires = new Date(Date.now() + UPLOAD_LIFETIME_MS)
    await speak(
      exchange,
      {
        namingFunction: () => newId(),
        onUploadCreate: async (_request, { id, size = 0, metadata }) => {
          const name = cleanFileName(metadata?.filename ?? metadata?.name ?? '')
          await exchange.transact((context: FileContext) => announce(context, services, { id, name, size }))
          return {}
        }
      },
      expires
    )
  }

  const resume = async (exchange: Exchange): Promise<void> => {
    const fileId = fileIdOf(exchange)
    let upload = await exchange.transact((context: FileContext) => readOwn(context, fileId))
    // Complete, but the process ended before it could say so.
    if (upload.received_at === null && (upload.key !== null || (await uploads.received(fileId)) === upload.size)) {
      await complete(exchange, fileId)
      upload = await exchange.transact((context: FileContext) => readOwn(context, fileId))
    }
    if (upload.received_at === null)
      return speak(exchange, {}, new Date(Date.parse(upload.created_at) + UPLOAD_LIFETIME_MS))
    if (exchange.req.method !== 'HEAD') throw UploadFinished()
    exchange.res
      .writeHead(200, {
        'tus-resumable': TUS,
        'cache-control': 'no-store',
        'upload-offset': upload.size,
        'upload-length': upload.size
      })
      .end()
  }

  const terminate = async (exchange: Exchange): Promise<void> => {
    const fileId = fileIdOf(exchange)
    await exchange.transact((context: FileContext) => readOwn(context, fileId))
    await locks.hold(fileId, async () => {
      await exchange.transact((context: FileContext) => removeFile(context, fileId))
      await uploads.discard(fileId)
    })
    exchange.res.writeHead(204, { 'tus-resumable': TUS }).end()
  }

  return [
    {
      methods: ['OPTIONS'],
      path: '/uploads',
      access: 'anyone',
      summary: 'What uploads can do here (tus)',
      handle: (exchange) => speak(exchange, {}, new Date())
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

/** The row comes before the bytes: whatever lies in the folder is known to somebody, and counted. */
async function announce(
  context: FileContext,
  { maxFileBytes, tenantLimitBytes }: Pick<FileServices, 'maxFileBytes' | 'tenantLimitBytes'>,
  { id, name, size }: { readonly id: string; readonly name: string; readonly size: number }
): Promise<void> {
  if (size > maxFileBytes) throw FileTooLarge(maxFileBytes)
  await reserveStorage(context, size, tenantLimitBytes)
  const { tx, now, userId, enqueue } = context
  await tx
    .insertInto('file.file')
    .values({ id, name, size, state: 'receiving', created_at: now, created_by: userId })
    .execute()
  await enqueue(ExpireUpload, { fileId: id }, { runAt: new Date(now.getTime() + UPLOAD_LIFETIME_MS) })
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
