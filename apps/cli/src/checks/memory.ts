import { totalmem } from 'node:os'
import { type Check, fault, ok } from './check.ts'

/** What server and embedded database need together under some load. */
const LEAST_MIB = 700

export const memory: Check = {
  what: 'memory',
  check: async () => {
    const mebibytes = (bytes: number) => Math.round(bytes / 1024 ** 2)
    const total = mebibytes(Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY))
    const free = mebibytes(process.availableMemory())
    return total >= LEAST_MIB
      ? ok(`${free} of ${total} MiB available`)
      : fault(`${total} MiB in all`, `Give the machine or container ${LEAST_MIB} MiB or more.`)
  }
}
