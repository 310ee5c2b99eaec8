import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system that is soon full. */
export interface SmallDisk {
  readonly folder: string
  /** Takes all the room there is. */
  fill(): void
  /** Takes as much as brings it to this used share, from 0 to 1. */
  fillTo(share: number): void
  /** Gives it back. */
  free(): void
  unmount(): void
}

export const NEEDS_ROOT = 'mounting a small disk takes root'

/** @returns undefined where file systems may not be mounted: then there is nothing to fill */
export function mountSmallDisk(megabytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmSync(folder, { recursive: true, force: true })
    return undefined
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill: () => {
      const file = openSync(ballast, 'a')
      try {
        for (const size of [1024 * 1024, 4096, 1]) while (writeUntilFull(file, size));
      } finally {
        closeSync(file)
      }
    },
    fillTo: (share) => {
      const { blocks, bfree, bsize } = statfsSync(folder)
      const wanted = Math.ceil(blocks * share) - (blocks - bfree)
      writeFileSync(ballast, Buffer.alloc(Math.max(0, wanted) * bsize))
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => {
      execFileSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

function writeUntilFull(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size
  } catch {
    return false
  }
}
