import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { archiveFolder } from '../open-backups.ts'

/** What the archiver of a home says to PostgreSQL about a file. */
export async function askDoor(home: string, file: string): Promise<string> {
  const socket = connect(Number(readFileSync(join(archiveFolder(home), 'port'), 'utf8')), '127.0.0.1')
  socket.write(`${file}\n`)
  return (await text(socket)).trim()
}
