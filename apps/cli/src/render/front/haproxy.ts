import type { Deployment } from '../deployment.ts'
import { type RenderedFile, textFile } from '../rendered-file.ts'

/**
 * Written to HAProxy 2.6, as in Debian 12. Started with both files: `haproxy -f haproxy.cfg -f lyceum-traffic.cfg`. Shares
 * and pins are in a map that is changed through the socket, so that nothing is reloaded and no socket is lost.
 */
export const renderHaproxy = (deployment: Deployment): RenderedFile[] => [
  textFile('haproxy/haproxy.cfg', main(deployment)),
  textFile('haproxy/lyceum-traffic.cfg', backends({ blue: ['127.0.0.1:3000'], green: [] })),
  textFile('haproxy/haproxy-traffic.map', TRAFFIC),
  textFile('haproxy/haproxy-pins.map', '')
]

/** Who is stable, who is the other, and the bucket from which people stay with what is stable. */
const TRAFFIC = `
stable blue
candidate green
limit 0
`

/** Where the release tool keeps both maps; its socket names them by this path. */
export const MAPS = '/srv/lyceum/traffic'

export function backends(servers: Readonly<Record<'blue' | 'green', readonly string[]>>): string {
  return `
# Changed by every release: do not keep anything of your own here.
${(['blue', 'green'] as const)
  .map(
    (colour) => `backend lyceum_${colour}
  balance leastconn
  option httpchk
  http-check send meth GET uri /health/accepting
  http-check expect status 200
  # 404 says that a process leaves: it gets nothing new, and what it is answering is left alone.
  http-check disable-on-404
  # What may have changed something is never sent twice.
  http-request disable-l7-retry unless METH_GET
  # Long answers, uploads and films have classes of their own; everything else is answered within a minute.
  http-request set-timeout server 3600s if { path_reg ^/api/v1/(.+/)?(stream|live)(/|$) }
  http-request set-timeout server 300s if { path_reg ^/api/v1/(uploads|files/[^/]+/content/) }
  default-server check inter 2s fall 2 rise 2 maxconn 2000 on-marked-down shutdown-sessions
${servers[colour].map((server, at) => `  server ${colour}-${at + 1} ${server}`).join('\n') || '  # none runs'}`
  )
  .join('\n\n')}`
}

const main = ({ hosts, uploadMegabytes }: Deployment): string => `
global
  log stdout format raw daemon
  maxconn 8000
  stats socket /run/haproxy/lyceum.sock mode 660 level admin expose-fd listeners
  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
  ssl-default-bind-ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
  ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256
  tune.ssl.default-dh-param 2048
  hard-stop-after 60s

defaults
  mode http
  log global
  option httplog
  option dontlognull
  option redispatch
  retries 2
  retry-on conn-failure empty-response
  timeout connect 5s
  timeout client 75s
  timeout http-request 15s
  timeout http-keep-alive 75s
  timeout queue 10s
  timeout server 60s
  timeout tunnel 1h
  timeout client-fin 10s

frontend plain
  bind :80
  http-request redirect scheme https code 308 unless { path_beg /.well-known/acme-challenge/ }

frontend lyceum
  bind :443 ssl crt tls/lyceum.pem alpn h2,http/1.1
  acl ours hdr(host),field(1,:),lower -m str ${hosts.join(' ')}
  http-request deny deny_status 421 unless ours
  http-request deny deny_status 404 if { path /metrics /health/database }
  acl upload path_beg /api/v1/uploads
  http-request deny deny_status 413 if upload { req.hdr(content-length),div(1048576) -m int ge ${uploadMegabytes + 1} }
  http-request deny deny_status 413 if !upload { req.hdr(content-length) -m int gt 2097152 }
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Request-Id %[uuid]
  http-request del-header X-Lyceum-Tenant

  # Everybody has a bucket from 0 to 9999, for a year. A pin goes before the bucket, the bucket before what is stable.
  http-request set-var(txn.known) req.cook(lyceum_bucket) if { req.cook(lyceum_bucket) -m reg ^[0-9]{1,4}$ }
  http-request set-var(txn.bucket) var(txn.known) if { var(txn.known) -m found }
  http-request set-var(txn.bucket) rand(10000) unless { var(txn.known) -m found }
  http-request set-var(txn.limit) str(limit),map(${MAPS}/haproxy-traffic.map,0)
  http-request set-var(txn.colour) str(stable),map(${MAPS}/haproxy-traffic.map,blue)
  http-request set-var(txn.colour) str(candidate),map(${MAPS}/haproxy-traffic.map,green) if { var(txn.bucket),sub(txn.limit) lt 0 }
  http-request set-var(txn.pinned) req.cook(lyceum_pin),regsub(\\.[0-9]+\\.[A-Za-z0-9_-]+$,),map(${MAPS}/haproxy-pins.map)
  http-request set-var(txn.colour) var(txn.pinned) if { var(txn.pinned) -m found }
  http-response add-header set-cookie "lyceum_bucket=%[var(txn.bucket)]; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure" unless { var(txn.known) -m found }
  use_backend lyceum_%[var(txn.colour)]

  http-after-response set-header Strict-Transport-Security "max-age=31536000; includeSubDomains" unless { res.hdr(strict-transport-security) -m found }
  http-after-response set-header X-Content-Type-Options nosniff unless { res.hdr(x-content-type-options) -m found }
  http-after-response set-header Referrer-Policy strict-origin-when-cross-origin unless { res.hdr(referrer-policy) -m found }
`
