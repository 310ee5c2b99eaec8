import { instancesOf, type Places } from '../host-settings.ts'

/** Files in `<root>/traffic`; HAProxy keeps them in memory, where its socket changes them. */
export const TRAFFIC_MAP = 'haproxy-traffic.map'
export const PINS_MAP = 'haproxy-pins.map'

/**
 * `lyceum-traffic.cfg`: both backends, and `frontend`, the rules that choose between them. HAProxy reads several files
 * (`-f`), so whoever configures TLS and the rest keeps that in a file of their own.
 */
export function haproxyConfig(settings: Places): string {
  return `# Written by the release tool from target.json; do not edit.
${backend(settings, 'blue')}
${backend(settings, 'green')}`
}

/** Lines for the \`frontend\` that people come in by. */
export function haproxyFrontendRules({ root, door }: Pick<Places, 'root' | 'door'>): string {
  const map = `${root}/traffic/${TRAFFIC_MAP}`
  const secure = door.url.startsWith('https:') ? '; Secure' : ''
  return `  http-request set-var(txn.known) req.cook(lyceum_bucket) if { req.cook(lyceum_bucket) -m reg ^[0-9]{1,4}$ }
  http-request set-var(txn.bucket) var(txn.known) if { var(txn.known) -m found }
  http-request set-var(txn.bucket) rand(10000) unless { var(txn.known) -m found }
  http-request set-var(txn.limit) str(limit),map(${map},0)
  http-request set-var(txn.colour) str(stable),map(${map},blue)
  http-request set-var(txn.colour) str(candidate),map(${map},green) if { var(txn.bucket),sub(txn.limit) lt 0 }
  http-request set-var(txn.pinned) req.cook(lyceum_pin),regsub(\\.[0-9]+\\.[A-Za-z0-9_-]+$,),map(${root}/traffic/${PINS_MAP})
  http-request set-var(txn.colour) var(txn.pinned) if { var(txn.pinned) -m found }
  http-response add-header set-cookie "lyceum_bucket=%[var(txn.bucket)]; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax${secure}" unless { var(txn.known) -m found }
  use_backend lyceum_%[var(txn.colour)]
`
}

/**
 * A process is looked at twice a second: 404 at /health/accepting says that it leaves, and what it is answering is left
 * alone; no answer says that it hangs or is gone, and its connections are cut so that nobody waits for it. Only what never
 * reached a process is sent to another one; reads may also be repeated when a connection closed without an answer.
 */
function backend(settings: Places, colour: 'blue' | 'green'): string {
  const others = colour === 'blue' ? 'green' : 'blue'
  const own = instancesOf(settings, colour).map(
    ({ id, host, port }) =>
      `  server ${id} ${host}:${port} check inter 500ms fastinter 250ms fall 2 rise 1 on-marked-down shutdown-sessions`
  )
  const behind = instancesOf(settings, others).map(
    ({ id, host, port }) => `  server ${id} ${host}:${port} backup track lyceum_${others}/${id}`
  )
  return `backend lyceum_${colour}
  balance leastconn
  option httpchk
  http-check send meth GET uri /health/accepting
  http-check expect status 200
  http-check disable-on-404
  timeout check 1s
  timeout connect 2s
  timeout server 30s
  timeout tunnel 1h
  option allbackups
  retries 2
  option redispatch 1
  retry-on conn-failure empty-response
  http-request disable-l7-retry unless METH_GET
  http-reuse safe
${[...own, ...behind].join('\n')}
`
}
