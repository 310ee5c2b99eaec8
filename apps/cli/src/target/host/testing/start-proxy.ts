import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HostSettings } from '../host-settings.ts'
import { haproxyFrontendRules } from '../traffic/haproxy-config.ts'

export type ProxyName = 'nginx' | 'haproxy'

/** Where Debian puts what an ordinary user has no path to. */
const FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']

/** The program of a proxy on this machine; undefined where it is not installed. */
export const findProxy = (name: ProxyName): string | undefined =>
  FOLDERS.map((folder) => join(folder, name)).find(existsSync)

/** A certificate that nobody signed, for `localhost` and every name below it. */
export function selfSigned(folder: string): {
  readonly certificate: string
  readonly key: string
  readonly both: string
} {
  const [certificate, key, both] = [join(folder, 'door.crt'), join(folder, 'door.key'), join(folder, 'door.pem')]
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1', '-keyout', key, '-out', certificate]
    ],
    { stdio: 'ignore' }
  )
  writeFileSync(both, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'))
  return { certificate, key, both }
}

/** What target.json says of a proxy that keeps everything in one folder. */
export function proxySettings(name: ProxyName, folder: string): Pick<HostSettings, 'nginx' | 'haproxy'> {
  const program = findProxy(name) ?? name
  if (name === 'nginx') {
    const run = [program, '-p', folder, '-c', join(folder, 'nginx.conf')]
    return { nginx: { config: join(folder, 'lyceum-traffic.conf'), test: [...run, '-t'], reload: ['true'] } }
  }
  const config = join(folder, 'lyceum-traffic.cfg')
  const test = [program, '-c', '-f', join(folder, 'haproxy.cfg'), '-f', config]
  return { haproxy: { socket: join(folder, 'haproxy.sock'), config, test, reload: ['true'] } }
}

/** Writes the proxy's own configuration, which an operator has, around what the release tool writes. */
export function writeProxyConfig(settings: HostSettings, folder: string, tls: ReturnType<typeof selfSigned>): void {
  mkdirSync(folder, { recursive: true })
  const { port } = new URL(settings.door.url)
  if (settings.proxy === 'nginx') writeFileSync(join(folder, 'nginx.conf'), nginxConf(folder, port, tls))
  else writeFileSync(join(folder, 'haproxy.cfg'), haproxyCfg(settings, folder, port, tls))
}

/** Starts the proxy; its files must be in place. */
export async function startProxy(
  settings: HostSettings,
  folder: string
): Promise<{ readonly pid: number; stop(): Promise<void> }> {
  const program = findProxy(settings.proxy)
  if (program === undefined) throw new Error(`${settings.proxy} is not installed`)
  const log = openSync(join(folder, 'proxy.log'), 'a')
  const args =
    settings.proxy === 'nginx'
      ? ['-p', folder, '-c', join(folder, 'nginx.conf')]
      : ['-db', '-f', join(folder, 'haproxy.cfg'), '-f', settings.haproxy?.config ?? '']
  const child = spawn(program, args, { stdio: ['ignore', log, log] })
  const ended = once(child, 'exit')
  const port = Number(new URL(settings.door.url).port)
  for (let tries = 0; !(await listens(port)); tries++) {
    if (child.exitCode !== null || tries === 200)
      throw new Error(`${settings.proxy} did not start:\n${readFileSync(join(folder, 'proxy.log'), 'utf8')}`)
    await sleep(50)
  }
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    }
  }
}

/** Has a running nginx read its files again, as an operator's reload does. */
export function reloadNginx(pid: number): void {
  spawnSync('kill', ['-HUP', String(pid)])
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const answer = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false)
  ]).catch(() => false)
  socket.destroy()
  return answer
}

const nginxConf = (folder: string, port: string, { certificate, key }: ReturnType<typeof selfSigned>) => `daemon off;
user root;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
worker_processes 2;
worker_shutdown_timeout 1h;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  include ${folder}/lyceum-traffic.conf;
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    client_max_body_size 0;
    keepalive_requests 1000000;
    proxy_request_buffering off;
    proxy_buffering off;
    proxy_connect_timeout 2s;
    proxy_read_timeout 60s;
    proxy_next_upstream error timeout;
    proxy_next_upstream_tries 3;
    location = /metrics { deny all; }
    location / {
      proxy_pass http://$lyceum_upstream;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Request-Id $request_id;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $lyceum_connection;
      add_header Set-Cookie $lyceum_set_bucket always;
    }
  }
}
`

const haproxyCfg = (
  settings: HostSettings,
  folder: string,
  port: string,
  { both }: ReturnType<typeof selfSigned>
) => `global
  stats socket ${folder}/haproxy.sock mode 600 level admin
  maxconn 4096
defaults
  mode http
  option http-keep-alive
  timeout client 60s
  timeout http-request 30s
  timeout http-keep-alive 60s
  timeout connect 2s
  timeout server 30s
frontend people
  bind 127.0.0.1:${port} ssl crt ${both} alpn h2,http/1.1
  http-request deny if { path /metrics }
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-For %[src]
${haproxyFrontendRules(settings)}`
