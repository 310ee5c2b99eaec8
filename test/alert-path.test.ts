import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { freePort } from '@lyceum/platform/testing/free-port'
import { mountSmallDisk, NEEDS_ROOT } from '@lyceum/server/testing/small-disk'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { defaultDeployment } from '../apps/cli/src/render/deployment.ts'
import { readModuleGraph } from '../apps/cli/src/render/module-graph.ts'
import { render } from '../apps/cli/src/render/render.ts'
import { findProgram } from '../apps/cli/src/render/testing/program.ts'
import { written } from '../apps/cli/src/render/testing/written.ts'
import { type ProductProcess, removeHome, startProductProcess, temporaryHome } from '../bench/product-process.ts'

const prometheus = findProgram('prometheus')
const alertmanager = findProgram('prometheus-alertmanager') ?? findProgram('alertmanager')
const PATIENCE = { timeout: 120_000, interval: 250 }
const SECRET = 'T0KEN-of-the-chat'

interface Message {
  readonly path: string
  readonly title: string
  readonly text: string
}

/** As rendered, but for where things are and for how long one waits: seconds instead of minutes. */
describe.skipIf(!prometheus || !alertmanager)('an alert', { timeout: 300_000 }, () => {
  const disk = mountSmallDisk(64)
  const homes = [temporaryHome('alert-database'), disk?.folder ?? temporaryHome('alert-product')] as const
  const messages: Message[] = []
  const programs: ChildProcess[] = []
  let chat: Server
  let folder: string
  let postgres: EmbeddedPostgres
  let product: ProductProcess
  let prometheusUrl: string

  const startPostgres = () => startEmbeddedPostgres({ home: homes[0], log: pino({ level: 'silent' }) })

  beforeAll(async () => {
    chat = createServer(async (request, response) => {
      const body = (await json(request)) as { attachments?: readonly { title?: string; text?: string }[] }
      for (const { title = '', text = '' } of body.attachments ?? [])
        messages.push({ path: request.url ?? '', title, text })
      response.end('ok')
    })
    const [chatPort, productPort, prometheusPort, alertmanagerPort] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
      freePort()
    ])
    chat.listen(chatPort, '127.0.0.1')
    postgres = await startPostgres()
    product = await startProductProcess({
      home: homes[1],
      port: productPort,
      args: ['serve', 'worker'],
      env: { DATABASE_URL: postgres.url, LYCEUM_ENV: 'development' }
    })
    folder = join(written(render('prometheus', defaultDeployment, readModuleGraph())), 'prometheus')
    const change = (file: string, edit: (content: ReturnType<typeof parse>) => void) => {
      const content = parse(readFileSync(join(folder, file), 'utf8'))
      edit(content)
      writeFileSync(join(folder, file), stringify(content))
    }
    change('prometheus.yml', (config) => {
      Object.assign(config.global, { scrape_interval: '5s', scrape_timeout: '5s', evaluation_interval: '1s' })
      config.alerting.alertmanagers[0].static_configs[0].targets = [`127.0.0.1:${alertmanagerPort}`]
      config.scrape_configs[0].static_configs = [
        { targets: [`127.0.0.1:${productPort}`], labels: { service: 'worker' } }
      ]
    })
    change('alerts.yml', ({ groups }) => {
      for (const rule of groups[0].rules) rule.for = '2s'
    })
    change('alertmanager.yml', ({ route, receivers }) => {
      Object.assign(route, { group_wait: '1s', group_interval: '2s' })
      receivers[0].slack_configs[0].api_url_file = join(folder, 'chat-webhook')
    })
    writeFileSync(join(folder, 'chat-webhook'), `http://127.0.0.1:${chatPort}/services/${SECRET}`)
    const run = (program: string, args: readonly string[]) => {
      programs.push(spawn(program, args, { cwd: folder, stdio: 'ignore' }))
    }
    run(alertmanager ?? '', [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      '--cluster.listen-address='
    ])
    run(prometheus ?? '', [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'series')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`
    ])
    prometheusUrl = `http://127.0.0.1:${prometheusPort}`
  }, 240_000)

  afterAll(async () => {
    for (const program of programs) {
      const gone = once(program, 'exit')
      if (program.kill('SIGKILL')) await gone
    }
    await product?.stop()
    await postgres?.stop()
    chat?.close()
    if (folder) rmSync(join(folder, '..'), { recursive: true, force: true })
    disk?.unmount()
    for (const home of homes) removeHome(home)
  }, 60_000)

  const measured = async (series: string): Promise<string | undefined> => {
    const answer = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(series)}`)
    const { data } = (await answer.json()) as { data: { result: readonly { value: readonly [number, string] }[] } }
    return data.result[0]?.value[1]
  }
  const told = (state: 'CRITICAL' | 'WARNING' | 'over', alert = 'LyceumDatabaseDown') =>
    messages.filter(({ title }) => title.startsWith(`${state}: ${alert} at`))

  it('reaches the chat once when the database stops, and says once that it is over', async () => {
    await vi.waitFor(async () => expect(await measured('lyceum_database_up')).toBe('1'), PATIENCE)
    expect(told('CRITICAL')).toEqual([])
    await postgres.stop()
    await vi.waitFor(() => expect(told('CRITICAL')).toHaveLength(1), PATIENCE)
    expect(told('CRITICAL')[0]).toMatchObject({
      path: `/services/${SECRET}`,
      text: expect.stringContaining('no process reaches the database (docs/operators/monitoring.md#database-down)')
    })
    postgres = await startPostgres()
    await vi.waitFor(() => expect(told('over')).toHaveLength(1), PATIENCE)
    expect(await measured('lyceum_database_up')).toBe('1')
    expect(told('CRITICAL')).toHaveLength(1)
  })

  it('reaches it too when a disk is 86 % full, and says that it is over when there is room again', async (context) => {
    if (!disk) return context.skip(NEEDS_ROOT)
    await vi.waitFor(async () => expect(Number(await measured('lyceum_disk_used_ratio'))).toBeLessThan(0.5), PATIENCE)
    disk.fillTo(0.86)
    await vi.waitFor(() => expect(told('WARNING', 'LyceumDiskFilling')).toHaveLength(1), PATIENCE)
    expect(told('WARNING', 'LyceumDiskFilling')[0]?.text).toMatch(/a disk of .* is 8[67](\.\d+)?% full.*#disk/s)
    disk.free()
    await vi.waitFor(() => expect(told('over', 'LyceumDiskFilling')).toHaveLength(1), PATIENCE)
  })
})
