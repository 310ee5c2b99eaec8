import { once } from 'node:events'
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { wordsOf } from '../backup-error.ts'

/** Where PostgreSQL's commands find the process that answers them. */
export interface LogDoor {
  close(): Promise<void>
}

const COMMAND = fileURLToPath(new URL('archive-command.mjs', import.meta.url))
const LONGEST_NAME = 200

/**
 * Answers `archive-command.mjs` at a port of this machine that it finds in a folder. Whoever reaches the port can ask for nothing
 * but what PostgreSQL would ask for.
 *
 * @param answer the content for a name, empty where there is nothing to give; null where there is no such file
 */
export async function openLogDoor(folder: string, answer: (file: string) => Promise<Buffer | null>): Promise<LogDoor> {
  const server = createServer((socket) => void serve(socket, answer))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The system gave no port.')
  await mkdir(folder, { recursive: true })
  // PostgreSQL may run as somebody else.
  await chmod(folder, 0o755)
  const file = join(folder, 'port')
  await writeFile(`${file}.new`, `${address.port}\n`, { mode: 0o644 })
  await rename(`${file}.new`, file)
  return {
    close: async () => {
      await rm(file, { force: true })
      const closed = once(server, 'close')
      server.close()
      await closed
    }
  }
}

/** The value of `archive_command`. */
export const keepCommand = (folder: string): string =>
  `${quoted(process.execPath, COMMAND)} keep ${quoted(folder, '%f')}`

/** The value of `restore_command`. */
export const fetchCommand = (folder: string): string =>
  `${quoted(process.execPath, COMMAND)} fetch ${quoted(folder, '%f', '%p')}`

async function serve(socket: Socket, answer: (file: string) => Promise<Buffer | null>): Promise<void> {
  // Who asked may be gone before it is answered; it asks again.
  socket.on('error', () => socket.destroy())
  socket.setTimeout(10 * 60_000, () => socket.destroy())
  try {
    const file = await readLine(socket)
    const content = await answer(file)
    socket.end(content === null ? 'none\n' : Buffer.concat([Buffer.from(`ok ${content.length}\n`), content]))
  } catch (error) {
    socket.end(`${wordsOf(error).replaceAll('\n', ' ')}\n`)
  }
}

async function readLine(socket: Socket): Promise<string> {
  let text = ''
  for await (const part of socket.iterator({ destroyOnReturn: false })) {
    text += String(part)
    const end = text.indexOf('\n')
    if (end !== -1) return text.slice(0, end)
    if (text.length > LONGEST_NAME) break
  }
  throw new Error('a name of a file was expected')
}

/** For the shell of either kind; %-signs in paths would be taken for PostgreSQL's own. */
const quoted = (...words: string[]): string =>
  words
    .map((word) => (/^%[fp]$/.test(word) ? `"${word}"` : `"${word.replaceAll('%', '%%').replaceAll('"', '\\"')}"`))
    .join(' ')
