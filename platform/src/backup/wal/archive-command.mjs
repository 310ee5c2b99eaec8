// What PostgreSQL runs for each file of its log (archive_command, restore_command), as whoever PostgreSQL runs as. It asks the
// process of Lyceum that looks after this database, which has the keys; so it holds none, and starts in the time that Node
// takes. Not TypeScript: stripping types would double that time.
//
//   archive-command.mjs keep  <folder> <file>          0 when the file is in the repository, and only then
//   archive-command.mjs fetch <folder> <file> <path>   0 when it was written there, 1 when there is none, 126 to give up
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

const [task, folder, file, path] = process.argv.slice(2)
const failed = task === 'fetch' ? 126 : 1

const end = (code, message) => {
  if (message) process.stderr.write(`lyceum: ${file}: ${message}\n`)
  process.exit(code)
}

let port = 0
try {
  port = Number(readFileSync(join(folder, 'port'), 'utf8'))
} catch {
  end(failed, 'Lyceum is not running. Its log is kept here until it is: start it, or watch the disk.')
}
const socket = connect(port, '127.0.0.1')
const parts = []
socket.on('error', (error) => end(failed, `Lyceum does not answer (${error.message}). Is it running?`))
// Another program may have got the port since; ours answers when the repository does.
socket.setTimeout(5 * 60_000, () => end(failed, 'Lyceum does not answer. It is tried again.'))
socket.on('connect', () => socket.write(`${file}\n`))
socket.on('data', (part) => parts.push(part))
socket.on('end', () => {
  const answer = Buffer.concat(parts)
  const line = answer.indexOf('\n')
  const said = answer.toString('utf8', 0, line === -1 ? undefined : line)
  if (line !== -1 && said === 'none') end(1)
  const [, size] = /^ok (\d+)$/.exec(said) ?? []
  const content = answer.subarray(line + 1)
  if (size === undefined || content.length !== Number(size)) end(failed, said || 'the answer broke off')
  if (task === 'fetch') writeFileSync(path, content)
  end(0)
})
