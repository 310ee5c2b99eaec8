import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { IMAGES } from '../../../apps/cli/src/render/compose/images.ts'
import { selfSigned } from '../../../apps/cli/src/target/host/testing/start-proxy.ts'
import { REPOSITORY } from '../rig-release.ts'
import { type ComposeRun, composeByPodman } from './compose-by-podman.ts'
import { podTemplates } from './pod-templates.ts'
import { type Ledger, openLedger, podman, run } from './podman.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const IMAGE = 'localhost/lyceum:rig'
const PROJECT = 'lyceum-rig'
const PORTS = { 80: 53_080, 443: 53_443 } as const
const PROBES = ['sign-in', 'course', 'progress', 'upload']

/** Entry points of the stand-ins, as the images of others have them. */
const ENTRIES: Readonly<Record<keyof typeof IMAGES, string>> = {
  postgres: 'postgres.sh',
  pgbouncer: '',
  redis: '',
  rabbitmq: 'rabbitmq-server',
  nginx: ''
}

/**
 * The image, the Compose file and the Pod templates, for real and without a container registry, as root on Debian 12. Prints a
 * line for everything that was tried. @returns whether all of it worked
 */
export async function tryContainers(): Promise<boolean> {
  const home = process.env.RIG_HOME ?? '/var/tmp/lyceum-rig'
  process.env.CONTAINERS_STORAGE_CONF = join(home, 'storage.conf')
  process.env.CONTAINERS_CONF = join(home, 'containers.conf')
  const ledger = openLedger()
  const isBuilt = await ledger.try('the image is built and runs by itself (above)', () => {
    const { status } = spawnSync('bash', [join(HERE, 'image.sh')], { stdio: 'inherit' })
    if (status !== 0) throw new Error('see above')
  })
  if (isBuilt && (await ledger.try('stand-ins for the images of others are there', standIns))) {
    const folder = mkdtempSync(join(tmpdir(), 'lyceum-rig-'))
    try {
      await tryCompose(ledger, folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  process.stdout.write(`${ledger.passed} passed, ${ledger.failed} failed\n`)
  return ledger.failed === 0
}

export function standIns(): void {
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const image = Object.entries(IMAGES).find(([one]) => one === name)?.[1] ?? ''
    const options = [
      '--isolation=chroot',
      '--network=host',
      '--pull-never',
      '--layers',
      '--build-arg',
      `ENTRY=${entry}`
    ]
    run('buildah', ['bud', ...options, '-t', image, join(HERE, 'stand-in')])
  }
}

export async function tryCompose(ledger: Ledger, folder: string): Promise<void> {
  cpSync(join(REPOSITORY, 'deploy/compose'), folder, { recursive: true })
  process.env.SMTP_URL = 'smtp://127.0.0.1:2525'
  run('bash', [join(folder, 'make-secrets.sh')])
  const tls = selfSigned(folder)
  run('mkdir', ['-p', join(folder, 'tls')])
  cpSync(tls.certificate, join(folder, 'tls/fullchain.pem'))
  cpSync(tls.key, join(folder, 'tls/privkey.pem'))
  for (const open of ['.', 'tls', 'tls/privkey.pem']) chmodSync(join(folder, open), 0o755)
  removeLeftovers()
  const compose = composeByPodman(join(folder, 'compose.production.yaml'), {
    project: PROJECT,
    variables: { LYCEUM_IMAGE: IMAGE, LYCEUM_ROOT: folder },
    ports: PORTS
  })
  try {
    const started = await ledger.try('Compose file: PostgreSQL, PgBouncer, Redis, RabbitMQ', async () => {
      for (const name of ['postgres', 'pgbouncer', 'redis', 'rabbitmq']) await compose.up(name)
      for (const name of ['postgres', 'pgbouncer', 'redis', 'rabbitmq']) await well(compose, name)
    })
    if (!started) return
    if (!(await ledger.try('Compose file: the schema', () => void compose.once('migrate', ['migrate', 'up'])))) return
    const blue = compose.services.filter((name) => name.endsWith('-blue'))
    const runs = await ledger.try(`Compose file: ${blue.join(', ')}, each well by its own check`, async () => {
      for (const name of blue) await compose.up(name)
      for (const name of blue) await well(compose, name)
    })
    if (runs) {
      await ledger.try('Compose file: sign-in, a course made and read, progress, an upload', () =>
        validated(
          compose.once('migrate', ['validate', ...PROBES, '--against', 'http://gateway-blue:3000', '-o', 'json'])
        )
      )
      await ledger.try('Compose file: nginx, with TLS, at the address of the school', async () => {
        await compose.up('nginx')
        await well(compose, 'nginx')
        const { status, release } = await visit('/api/v1/ready')
        if (status !== 200 || release !== 'rig') throw new Error(`answered ${status} by ${release}`)
      })
      await ledger.try('Compose file: a colour stops in order', () => {
        for (const name of blue) compose.stop(name)
      })
    }
    await tryPods(ledger, compose, folder)
  } finally {
    compose.down()
  }
}

/** The templates of the Deployments, as pods, in the networks and with the databases of the Compose file. */
async function tryPods(ledger: Ledger, compose: ComposeRun, folder: string): Promise<void> {
  // The colour that does not run yet has addresses in the Compose file, which its pods take.
  const hosts = compose.hostsFor('data')
  const pods = podTemplates(folder, { image: IMAGE, colour: 'green', hosts })
  const files = pods.map(({ name, text }) => {
    const file = join(folder, `${name}.yaml`)
    writeFileSync(file, text)
    return { name, file }
  })
  // A pod sees the folder itself, and is nobody in particular.
  chmodSync(join(folder, 'secrets'), 0o755)
  const addressOf = (name: string) => hosts.find((host) => host.startsWith(`${name}:`))?.split(':')[1] ?? ''
  try {
    const runs = await ledger.try(
      `Pod templates under podman play kube: ${pods.map(({ name }) => name).join(', ')}`,
      async () => {
        for (const { name, file } of files)
          podman('play', 'kube', '--network', `${PROJECT}-data`, '--ip', addressOf(name), file)
        for (const { name, port } of pods) await answers(name, port)
      }
    )
    if (runs)
      await ledger.try('Pod templates: sign-in, a course made and read, progress, an upload', () =>
        validated(
          compose.once('migrate', ['validate', ...PROBES, '--against', 'http://gateway-green:3000', '-o', 'json'])
        )
      )
  } finally {
    for (const { file } of files) spawnSync('podman', ['play', 'kube', '--down', file])
  }
}

async function answers(pod: string, port: number): Promise<void> {
  const container = `${pod}-${pod.replace(/-green$/, '')}`
  const script = `fetch('http://127.0.0.1:${port}/api/v1/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`
  for (let look = 0; spawnSync('podman', ['exec', container, 'node', '-e', script]).status !== 0; look++) {
    if (look > 60)
      throw new Error(
        `${pod} does not get ready\n${spawnSync('podman', ['logs', '--tail', '15', container], { encoding: 'utf8' }).output.join('')}`
      )
    await sleep(1_000)
  }
}

async function well(compose: ComposeRun, name: string): Promise<void> {
  for (let look = 0; !compose.isWell(name); look++) {
    if (look > 90) throw new Error(`${name} is not well\n${compose.logs(name)}`)
    await sleep(1_000)
  }
}

function validated(printed: string): void {
  const said = printed.split('\n').findLast((line) => line.startsWith('{')) ?? printed
  if (!said.includes('"ok":true,"probes"')) throw new Error(said)
}

function visit(path: string): Promise<{ status: number | undefined; release: unknown }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; release: unknown }>()
  request(
    {
      host: '127.0.0.1',
      port: PORTS[443],
      path,
      servername: 'learn.example.org',
      headers: { host: 'learn.example.org' },
      agent: new Agent({ rejectUnauthorized: false })
    },
    (response) => {
      response.resume()
      resolve({ status: response.statusCode, release: response.headers['x-lyceum-release'] })
    }
  )
    .on('error', reject)
    .end()
  return promise
}

/** Of a rig that was killed; its own names only. */
function removeLeftovers(): void {
  for (const line of podman('ps', '--all', '--format', '{{.Names}}').split('\n'))
    if (line.startsWith(`${PROJECT}-`)) spawnSync('podman', ['rm', '--force', '--time', '5', line])
  for (const kind of ['volume', 'network'])
    for (const name of podman(kind, 'ls', '--format', '{{.Name}}').split('\n'))
      if (name.startsWith(`${PROJECT}-`)) spawnSync('podman', [kind, 'rm', '--force', name])
}
