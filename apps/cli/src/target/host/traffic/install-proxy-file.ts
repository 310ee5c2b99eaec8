import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { TargetRefused } from '../../target-refused.ts'

/**
 * Writes a file of a proxy, has the proxy look at it and take it over. A file that the proxy does not like is replaced by
 * the one before.
 */
export function installProxyFile(
  {
    config,
    test,
    reload
  }: { readonly config: string; readonly test: readonly string[]; readonly reload: readonly string[] },
  text: string
): void {
  const before = existsSync(config) ? readFileSync(config, 'utf8') : undefined
  if (before === text) return
  replace(config, text)
  const fault = faultOf(test)
  if (fault !== undefined) {
    if (before === undefined) rmSync(config)
    else replace(config, before)
    throw new TargetRefused('target.proxy-config', `The proxy does not accept ${config}; it was put back. ${fault}`)
  }
  const failed = faultOf(reload)
  if (failed !== undefined)
    throw new TargetRefused('target.proxy-reload', `The proxy did not take over ${config}. ${failed}`)
}

function replace(path: string, text: string): void {
  const next = `${path}.next`
  writeFileSync(next, text)
  renameSync(next, path)
}

function faultOf([command = '', ...args]: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 30_000 })
  if (error) return `“${[command, ...args].join(' ')}” could not run: ${error.message}`
  return status === 0 ? undefined : `“${[command, ...args].join(' ')}” ended with ${status}: ${stderr.trim()}`
}
