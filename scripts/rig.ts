import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { findProxy } from '../apps/cli/src/target/host/testing/start-proxy.ts'
import { startRig } from './rig/start-rig.ts'

/**
 * `npm run rig -- nginx|haproxy [--services]`: one server with everything, for trying out releases by hand; Ctrl-C removes
 * it all. With `--services` an instance is a gateway with its services.
 * `npm run rig -- containers`: builds the image, runs it, the Compose file and the Pod templates, and says what worked.
 */
const tell = (line: string) => void process.stderr.write(`${line}\n`)
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { services: { type: 'boolean', default: false } }
})
const [proxy] = positionals
if (proxy === 'containers') {
  const { tryContainers } = await import('./rig/containers/try-containers.ts')
  process.exit((await tryContainers()) ? 0 : 1)
}
if (proxy !== 'nginx' && proxy !== 'haproxy') {
  tell('Which one? npm run rig -- nginx, npm run rig -- haproxy, or npm run rig -- containers')
  process.exit(64)
}
if (!findProxy(proxy)) {
  tell(`${proxy} is not installed: apt-get install ${proxy}`)
  process.exit(1)
}
const rig = await startRig({ proxy, shape: values.services ? 'services' : 'one', tell })
rig.release('n-plus-1')
rig.release('n-plus-1-failing', { errors: 0.05 })
rig.release('n-plus-1-slow', { delayMs: 2000 })
tell(`
The product is at ${rig.url} (the sign-ins are those of “lyceum demo”); its certificate is signed by nobody.
The server's folder, with target.json, is ${rig.root}
Releases to try: n (it serves), n-plus-1, n-plus-1-failing, n-plus-1-slow.
Ctrl-C stops everything and removes the folder.`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
tell('Stopping…')
await rig.stop()
process.exit(0)
