import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultDeployment } from '../deployment.ts'
import { readModuleGraph } from '../module-graph.ts'
import { render } from '../render.ts'
import { findProgram } from '../testing/program.ts'
import { written } from '../testing/written.ts'

const analyze = findProgram('systemd-analyze')
// Templates are units once they have an instance, and the program they start must be there.
const files = render('systemd', defaultDeployment, readModuleGraph()).map(({ path, text }) => ({
  path: path.replace('@.', '@blue.'),
  text: text.replaceAll(
    /\/srv\/lyceum\/(%i|current|instances\/%i\/release)\/node_modules\/\.bin\/node/g,
    process.execPath
  )
}))
const folder = written(files)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const place = join(folder, 'systemd')
const units = readdirSync(place).filter((name) => !name.endsWith('.env'))
const services = units.filter((name) => name.endsWith('.service'))

describe.skipIf(analyze === undefined)('the units', () => {
  const ask = (...args: string[]) =>
    spawnSync(analyze ?? '', args, {
      cwd: place,
      encoding: 'utf8',
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${place}:` }
    })

  it.each(units)('%s is what systemd understands, without a word', (unit) => {
    // An unknown setting is told on standard error and is no failure.
    expect(ask('verify', join(place, unit))).toMatchObject({ status: 0, stderr: '' })
  })

  it('are refused with a setting that does not exist', () => {
    const [first = ''] = services
    const file = join(place, 'spoiled.service')
    writeFileSync(
      file,
      (files.find(({ path }) => path.endsWith(first))?.text ?? '').replace('NoNewPrivileges=', 'NoNewPrivilege=')
    )
    expect(ask('verify', file).stderr).toContain('NoNewPrivilege')
  })

  it.each(services)('%s is exposed to little', (unit) => {
    const { stdout } = ask('security', '--offline=true', '--no-pager', join(place, unit))
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThan(2)
  })
})
