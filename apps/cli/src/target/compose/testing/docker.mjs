#!/usr/bin/env node
// Stands for `docker`: writes down what it was asked, and answers as Docker 27 with Compose 2.29 does.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const folder = process.env.FAKE_DOCKER_FOLDER
const args = process.argv.slice(2)
appendFileSync(join(folder, 'calls'), `docker ${args.join(' ')}\n`)
const state = join(folder, 'engine.json')
const running = existsSync(state) ? JSON.parse(readFileSync(state, 'utf8')) : {}
const save = () => writeFileSync(state, JSON.stringify(running))
const fail = (text) => {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

if (args[0] === 'pull') process.exit(0)
if (args[0] === 'inspect') {
  for (const _ of args.slice(3)) process.stdout.write('0\n')
  process.exit(0)
}
const file = args[args.indexOf('--file') + 1]
const [command, ...rest] = args.slice(args.indexOf('--file') + 2)
const names = rest.filter((word) => !word.startsWith('-') && !/^\d+$/.test(word))
const env = Object.fromEntries(
  readFileSync(join(dirname(file), '.env'), { encoding: 'utf8', flag: 'a+' })
    .split('\n')
    .map((line) => line.split('='))
)
if (command === 'up')
  for (const name of names) {
    const image = env[`LYCEUM_IMAGE_${name.split('-').at(-1).toUpperCase()}`] ?? env.LYCEUM_IMAGE
    running[name] = { image, health: process.env.FAKE_DOCKER_UNWELL === name ? 'starting' : 'healthy' }
  }
else if (command === 'stop') for (const name of names) running[name] = { ...running[name], health: '', stopped: true }
else if (command === 'rm') for (const name of names) delete running[name]
else if (command === 'ps')
  for (const [name, { image, health, stopped }] of Object.entries(running))
    process.stdout.write(
      `${JSON.stringify({
        Command: '"node apps/cli/bin/ly…"',
        CreatedAt: '2026-03-01 02:00:00 +0000 UTC',
        ExitCode: 0,
        Health: health,
        ID: Buffer.from(name).toString('hex').slice(0, 12),
        Image: image,
        Name: `lyceum-${name}-1`,
        Project: 'lyceum',
        Publishers: [],
        Service: name,
        State: stopped ? 'exited' : 'running',
        Status: stopped ? 'Exited (0) 1 second ago' : `Up 2 seconds (${health})`
      })}\n`
    )
else if (command === 'run') {
  const asked = rest.slice(3).join(' ')
  if (asked === 'explode') fail('no such command')
  if (asked.startsWith('config check')) {
    process.stdout.write('{"error":{"message":"no SMTP_URL"}}\n')
    process.exit(1)
  }
  process.stderr.write(' Container lyceum-postgres-1  Running\n')
  process.stdout.write('{"applied":[]}\n')
} else if (command === 'logs') process.stdout.write(process.env.FAKE_DOCKER_LOG ?? '')
else if (command !== 'exec') fail(`unknown docker command: "compose ${command}"`)
save()
