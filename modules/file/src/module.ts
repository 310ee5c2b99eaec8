import { counter } from '@lyceum/platform/counter'
import { defineModule, type Module, onJob } from '@lyceum/platform/module'
import type { FileServices, Tables } from './context.ts'
import { FileStored, fileContract } from './contract.ts'
import { deleteFile } from './file/delete-file.ts'
import { describeFiles } from './file/describe-files.ts'
import { discardFiles } from './file/discard-files.ts'
import { getFile } from './file/get-file.ts'
import { getStorage } from './file/get-storage.ts'
import { locateFile } from './file/locate-file.ts'
import { registerFiles } from './file/register-files.ts'
import { RemoveBytes, removeBytes } from './file/remove-bytes.ts'
import { contentRoute } from './file/serve-file.ts'
import { uploadsInFlight } from './release/impact.ts'
import { uploadProbe } from './release/probes.ts'
import { ExpireUpload, expireUpload } from './upload/expire-upload.ts'
import { uploadRoutes } from './upload/receive-upload.ts'
import { scanFile } from './upload/scan-file.ts'
import { ScanFile } from './upload/settle-file.ts'
import { StagedUploads } from './upload/staged-uploads.ts'
import { UploadFolder } from './upload/upload-folder.ts'
import { UploadLocks } from './upload/upload-locks.ts'

export const fileModule = (services: FileServices): Module => {
  const { storage, uploadsFolder } = services
  const uploads = storage.staging ? new StagedUploads(storage.staging, uploadsFolder) : new UploadFolder(uploadsFolder)
  const locks = new UploadLocks()
  return defineModule<typeof fileContract, Tables>({
    contract: fileContract,
    operations: {
      getFile: getFile(services),
      deleteFile,
      getStorage: getStorage(services),
      describeFiles: describeFiles(services),
      locateFile: locateFile(services),
      registerFiles: registerFiles(services),
      discardFiles
    },
    jobs: [
      onJob(ScanFile, scanFile(services)),
      onJob(ExpireUpload, expireUpload(uploads, locks)),
      onJob(RemoveBytes, removeBytes(services))
    ],
    rawRoutes: [...uploadRoutes(services, uploads, locks), contentRoute(services)],
    probes: [uploadProbe],
    counters: [
      counter(FileStored, 'lyceum_uploads_total', 'Files stored, by school'),
      counter(FileStored, 'lyceum_upload_bytes_total', 'Bytes of those files, by school', ({ size }) => size)
    ],
    impact: uploadsInFlight
  })
}
