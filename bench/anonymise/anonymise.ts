import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { readConfig } from '@lyceum/platform/config'
import { markAsCopy } from '@lyceum/platform/copy-mark'
import { createDiskStorage } from '@lyceum/platform/disk-storage'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { markFilesAsCopy } from '@lyceum/platform/files-mark'
import { freePort } from '@lyceum/platform/testing/free-port'
import pg from 'pg'
import { findPlanted } from '../../apps/cli/src/anonymise/testing/find-planted.ts'
import { plant } from '../../apps/cli/src/anonymise/testing/plant.ts'
import { embeddedUrl } from '../embedded-url.ts'
import { removeHome, startProductProcess, temporaryHome } from '../product-process.ts'

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))
const LEARNERS = 2_000

/**
 * The demo schools with 2,000 learners more, and people planted in every column and kind of file; then the command as an operator runs it.
 * `planted` and `removed` are counted by a search of the bench's own.
 */
export async function run(tell: (line: string) => void): Promise<object> {
  const home = temporaryHome('anonymise')
  try {
    tell('Making the demo schools …')
    const product = await startProductProcess({ home, port: await freePort() })
    await product.stop()
    tell(`Planting ${LEARNERS} learners …`)
    const storage = createDiskStorage({ folder: join(home, 'files') })
    const { plants, planted } = await withEmbedded(home, async (client) => {
      const plants = await plant(client, storage, LEARNERS)
      await client.query('vacuum analyze')
      const planted = await findPlanted(client, storage, plants)
      await markAsCopy(client, { of: 'the bench', now: new Date() })
      return { plants, planted }
    })
    await markFilesAsCopy(readConfig({ LYCEUM_HOME: home }), home, 'the bench')
    const started = performance.now()
    const { exit, out, err } = await command(['anonymise', '--home', home, '--json'])
    const seconds = Math.round((performance.now() - started) / 100) / 10
    if (exit !== 0 && out === '') throw new Error(err)
    const told: { columns: number; files: number; findings: object[]; removed: object; open: string[] } = JSON.parse(
      out.split('\n')[0] ?? ''
    )
    const left = await withEmbedded(home, (client) => findPlanted(client, storage, plants))
    return {
      columns: told.columns,
      files: told.files,
      findings: told.findings.length,
      planted: planted.length,
      removed: planted.length - left.length,
      lookedFor: told.removed,
      open: told.open,
      learners: LEARNERS,
      seconds
    }
  } finally {
    removeHome(home)
  }
}

async function withEmbedded<Answer>(home: string, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const server = await startEmbeddedPostgres({ home, log: quiet })
  const client = new pg.Client({ connectionString: embeddedUrl(home) })
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end()
    await server.stop()
  }
}

async function command(args: readonly string[]): Promise<{ exit: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    env: { PATH: process.env.PATH, LYCEUM_ENV: 'staging' },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { exit, out, err }
}
