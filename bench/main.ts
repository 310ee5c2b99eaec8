import { parseArgs } from 'node:util'

/** `npm run bench -- NAME --json`: every figure with its baseline from the same run; the last line is one JSON object. */
const benchmarks: Readonly<Record<string, () => Promise<{ run(tell: (line: string) => void): Promise<object> }>>> = {
  'http-read': () => import('./http-read/http-read.ts'),
  'web-load': () => import('./web-load/web-load.ts'),
  release: () => import('./release/release.ts'),
  idle: () => import('./idle/idle.ts'),
  crash: () => import('./crash/crash.ts'),
  gateway: () => import('./gateway/gateway.ts'),
  faults: () => import('./faults/faults.ts'),
  'bad-release': () => import('./bad-release/bad-release.ts'),
  anonymise: () => import('./anonymise/anonymise.ts'),
  recovery: () => import('./recovery/recovery.ts'),
  'recovery-faults': () => import('./recovery-faults/recovery-faults.ts')
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } }
})
const [name = ''] = positionals
const load = benchmarks[name]
if (!load) {
  process.stderr.write(`Which one? ${Object.keys(benchmarks).join(', ')}\n`)
  process.exit(64)
}
const { run } = await load()
const result = await run((line) => process.stderr.write(`${line}\n`))
process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`)
process.exit(0)
