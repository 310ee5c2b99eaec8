import { defineContract, defineEvent } from '@lyceum/platform/contract'
import { Done, Id, Instant, Nothing, nullable, oneOf } from '@lyceum/platform/schema'
import Type, { type Static } from 'typebox'

/**
 * A file of the school. Bytes arrive by tus (resumable, https://tus.io/protocols/resumable-upload 1.0.0) at
 * `/api/v1/uploads` and leave by a signed, expiring address; the last path segment of the upload's address is its id.
 */
export const File = Type.Object({
  id: Id,
  name: Type.String(),
  mediaType: Type.String({ description: 'sniffed from the bytes, not believed from the sender' }),
  size: Type.Integer({ description: 'bytes' }),
  sha256: Type.String(),
  state: oneOf(['receiving', 'ready', 'quarantined']),
  reason: nullable(Type.String({ description: 'why it is quarantined, in words' })),
  width: nullable(Type.Integer()),
  height: nullable(Type.Integer()),
  url: nullable(Type.String({ description: 'signed, good for a few hours' })),
  createdAt: Instant
})
export type File = Static<typeof File>

const StoredFile = Type.Object({
  id: Id,
  name: Type.String({ maxLength: 255 }),
  key: Type.String(),
  size: Type.Integer(),
  sha256: Type.String()
})

export const fileContract = defineContract({
  module: 'file',
  operations: {
    getFile: {
      method: 'GET',
      path: '/files/:fileId',
      access: 'signed-in',
      summary: 'A file I uploaded or may manage',
      input: Type.Object({ fileId: Id }),
      output: File
    },
    deleteFile: {
      method: 'DELETE',
      path: '/files/:fileId',
      access: 'signed-in',
      summary: 'Remove a file I uploaded',
      input: Type.Object({ fileId: Id }),
      output: Done
    },
    getStorage: {
      method: 'GET',
      path: '/storage',
      access: 'school:manage',
      summary: 'How much of its storage the school uses',
      input: Nothing,
      output: Type.Object({
        files: Type.Integer(),
        bytes: Type.Integer(),
        limitBytes: nullable(Type.Integer()),
        maxFileBytes: Type.Integer()
      })
    },
    describeFiles: {
      method: 'POST',
      path: '/internal/files/describe',
      access: 'internal',
      summary: 'Files with fresh signed addresses',
      input: Type.Object({ fileIds: Type.Array(Id, { maxItems: 2000 }) }),
      output: Type.Object({ files: Type.Array(File) })
    },
    locateFile: {
      method: 'POST',
      path: '/internal/files/locate',
      access: 'internal',
      summary: 'Where the bytes of a file lie in storage',
      input: Type.Object({ fileId: Id }),
      output: Type.Object({ ...File.properties, key: Type.String(), uploadedBy: nullable(Id) })
    },
    registerFiles: {
      method: 'POST',
      path: '/internal/files/register',
      access: 'internal',
      bodyLimit: 8 * 1024 * 1024,
      summary: 'Take over bytes another module has put in storage: sniffed, measured, counted',
      input: Type.Object({ files: Type.Array(StoredFile, { maxItems: 500 }) }),
      output: Type.Object({ files: Type.Array(File) })
    },
    discardFiles: {
      method: 'POST',
      path: '/internal/files/discard',
      access: 'internal',
      bodyLimit: 8 * 1024 * 1024,
      summary: 'Give up what another module has put in storage or registered; bytes go when no file has them',
      input: Type.Object({ fileIds: Type.Array(Id), keys: Type.Array(Type.String()) }),
      output: Done
    }
  }
})

export const FileStored = defineEvent(
  'file.file-stored',
  Type.Object({ fileId: Id, name: Type.String(), mediaType: Type.String(), size: Type.Integer() })
)
