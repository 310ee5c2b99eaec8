import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@lyceum/platform/testing/free-port'
import { isOpen } from '../../../../../platform/src/testing/start-program.ts'
import { defaultDeployment } from '../deployment.ts'
import { backends } from '../front/haproxy.ts'
import { nginxTraffic } from '../front/traffic-nginx.ts'
import { render } from '../render.ts'
import { written } from './written.ts'

export const HOST = 'learn.example.org'

/** Stands for a colour: says what reached it. */
export interface Colour {
  readonly port: number
  readonly seen: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers'] }[]
  /** Bytes of uploads that have arrived, while the request still runs. */
  received: number
  /** Ends the streams that are open. */
  endStreams(): void
  close(): Promise<unknown>
}

export async function startColour(name: string, assets: readonly string[]): Promise<Colour> {
  const open: (() => void)[] = []
  const server: Server = createServer((request, response) => {
    const url = request.url ?? ''
    if (url !== '/health/accepting') colour.seen.push({ method: request.method ?? '', url, headers: request.headers })
    request.on('data', (part: Buffer) => {
      colour.received += part.length
    })
    if (url.endsWith('/dies')) request.socket.destroy()
    else if (url.startsWith('/assets/')) {
      const found = assets.includes(url.slice('/assets/'.length))
      response.writeHead(found ? 200 : 404, {
        'content-type': 'text/javascript',
        ...(found ? { 'cache-control': 'public, max-age=31536000, immutable' } : {})
      })
      response.end(found ? `${name}: ${'x'.repeat(2000)}` : 'no such file')
    } else if (url.endsWith('/stream')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: first\n\n')
      open.push(() => response.end('data: last\n\n'))
    } else {
      request.on('end', () => {
        response.writeHead(200, {
          'content-type': 'application/json',
          'x-content-type-options': 'nosniff',
          'cache-control': 'public, max-age=60'
        })
        response.end(JSON.stringify({ colour: name }))
      })
    }
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', ({ headers }, socket) => {
    // RFC 6455, 1.3: proxies look at it.
    const accepted = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${accepted.digest('base64')}\r\n\r\n`
    )
    socket.on('data', (data) => socket.write(data))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const colour: Colour = {
    port: portOf(server.address()),
    seen: [],
    received: 0,
    endStreams: () => {
      for (const end of open.splice(0)) end()
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((closed) => server.close(closed))
    }
  }
  return colour
}

export interface FrontDoor {
  readonly port: number
  readonly plainPort: number
  stop(): Promise<void>
}

/** The rendered nginx or HAProxy, with ports and folders of the test. */
export async function openFrontDoor(
  kind: 'nginx' | 'haproxy',
  program: string,
  colours: { readonly blue: Colour; readonly green: Colour }
): Promise<FrontDoor> {
  const folder = written(render(kind, defaultDeployment, []))
  const place = join(folder, kind)
  const [port, plainPort] = [await freePort(), await freePort()]
  mkdirSync(join(place, 'tls'))
  makeCertificate(join(place, 'tls'))
  const servers = { blue: [`127.0.0.1:${colours.blue.port}`], green: [`127.0.0.1:${colours.green.port}`] }
  const replace = (file: string, changes: readonly (readonly [RegExp, string])[]) =>
    writeFileSync(
      join(place, file),
      changes.reduce((text, [from, to]) => text.replaceAll(from, to), readFileSync(join(place, file), 'utf8'))
    )
  if (kind === 'nginx') {
    writeFileSync(join(place, 'lyceum-traffic.conf'), nginxTraffic(servers))
    replace('nginx.conf', [
      [/\/tmp\//g, `${place}/`],
      [/\/dev\/stderr/g, `${place}/error.log`]
    ])
    replace('lyceum.conf', [
      [/listen 443/g, `listen 127.0.0.1:${port}`],
      [/listen 80;/g, `listen 127.0.0.1:${plainPort};`],
      [/ *listen \[::\].*\n/g, ''],
      [/\/var\/cache\/nginx\/lyceum/g, join(place, 'cache')],
      [/\/dev\/stdout/g, join(place, 'access.log')]
    ])
    execFileSync(program, ['-t', '-p', place, '-c', join(place, 'nginx.conf')], { stdio: 'pipe' })
  } else {
    writeFileSync(join(place, 'lyceum-traffic.cfg'), `${backends(servers)}\n`)
    replace('haproxy.cfg', [
      [/bind :443/g, `bind 127.0.0.1:${port}`],
      [/bind :80/g, `bind 127.0.0.1:${plainPort}`],
      [/crt tls\//g, `crt ${place}/tls/`],
      [/\/srv\/lyceum\/traffic/g, place],
      [/\/run\/haproxy\//g, `${place}/`]
    ])
    execFileSync(program, ['-c', ...haproxyFiles(place)], { stdio: 'pipe' })
  }
  const child =
    kind === 'nginx'
      ? spawn(program, ['-p', place, '-c', join(place, 'nginx.conf'), '-g', 'daemon off;'], { stdio: 'ignore' })
      : spawn(program, ['-db', ...haproxyFiles(place)], { stdio: 'ignore' })
  await untilOpen(port, child)
  return {
    port,
    plainPort,
    stop: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await new Promise((ended) => child.once('exit', ended))
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

const haproxyFiles = (place: string) => ['-f', join(place, 'haproxy.cfg'), '-f', join(place, 'lyceum-traffic.cfg')]

function makeCertificate(folder: string): void {
  const [key, certificate] = [join(folder, 'privkey.pem'), join(folder, 'fullchain.pem')]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      key,
      '-out',
      certificate,
      '-days',
      '1',
      '-subj',
      `/CN=${HOST}`
    ],
    { stdio: 'pipe' }
  )
  writeFileSync(join(folder, 'lyceum.pem'), readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'))
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0

async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt++) {
    if (await isOpen(port)) return
    await sleep(100)
  }
  throw new Error(`Nothing opened port ${port}.`)
}
