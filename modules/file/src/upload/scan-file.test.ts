import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FileServer, startFileServer } from '../testing/file-server.ts'

let folder: string
let server: FileServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lyceum-scan-'))
  const scanner = join(folder, 'scanner.sh')
  await writeFile(
    scanner,
    `#!/bin/sh
test -e "${folder}/broken" && exit 2
if grep -q EICAR "$2"; then echo "$2: Eicar-Signature FOUND"; exit 1; fi
`
  )
  await chmod(scanner, 0o755)
  server = await startFileServer({ SCAN_COMMAND: `${scanner} --quiet` })
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const newTeacher = async () => {
  const school = await server.newSchool()
  return { school, ana: await school.person('teacher', 'ana') }
}

it('lets clean files through and locks infected ones away for good, with the reason', async () => {
  const { school, ana } = await newTeacher()
  const clean = await server.sendFile('clean.txt', 'nothing here', school, ana)
  const { url } = await ana.api.file.getFile({ fileId: clean })
  expect((await server.ask(url ?? '', school, null)).status).toBe(200)

  const infected = await server.sendFile('game.txt', 'EICAR', school, ana)
  expect(await ana.api.file.getFile({ fileId: infected })).toMatchObject({
    state: 'quarantined',
    reason: 'the virus scanner found Eicar-Signature FOUND',
    url: null
  })
  const { rows } = await server.owner.query(
    `select payload->>'fileId' as id from platform.outbox where tenant_id = $1 and name = 'file.file-stored'`,
    [school.id]
  )
  expect(rows).toEqual([{ id: clean }])
})

it('serves a locked file to nobody, not even by an address from before', async () => {
  const { school, ana } = await newTeacher()
  const id = await server.sendFile('a.txt', 'fine', school, ana)
  const { url } = await ana.api.file.getFile({ fileId: id })
  await server.owner.query(`update file.file set state = 'quarantined', reason = 'found later' where id = $1`, [id])
  const answer = await server.ask(url ?? '', school, null)
  expect(answer.status).toBe(403)
  expect(await answer.json()).toMatchObject({ code: 'file.quarantined' })
})

it('keeps a file closed while the scanner is broken, and asks again', async () => {
  const { school, ana } = await newTeacher()
  await writeFile(join(folder, 'broken'), '')
  const id = await server.sendFile('a.txt', 'fine', school, ana)
  expect(await ana.api.file.getFile({ fileId: id })).toMatchObject({
    state: 'receiving',
    url: null,
    reason: 'the virus scanner ended with 2'
  })
  await rm(join(folder, 'broken'))
  await server.owner.query('update graphile_worker._private_jobs set run_at = now()')
  await server.worker.drain()
  expect(await ana.api.file.getFile({ fileId: id })).toMatchObject({ state: 'ready', reason: null })
})

it('gives up on a scanner that never answers by locking the file away', async () => {
  const { school, ana } = await newTeacher()
  await writeFile(join(folder, 'broken'), '')
  const id = await server.sendFile('a.txt', 'fine', school, ana)
  // The queue hands a failed job back a moment after it says so.
  await server.worker.drain()
  await server.owner.query('update graphile_worker._private_jobs set run_at = now(), attempts = max_attempts - 1')
  await server.worker.drain()
  await rm(join(folder, 'broken'))
  expect(await ana.api.file.getFile({ fileId: id })).toMatchObject({
    state: 'quarantined',
    reason: 'the virus scanner ended with 2, again and again'
  })
})
