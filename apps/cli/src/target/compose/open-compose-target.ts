import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { releaseFolder } from '../../release/facts/folders.ts'
import { type HostTarget, hostTarget } from '../host/host-target.ts'
import { trafficOf } from '../host/open-host-target.ts'
import { type ImageRelease, readImageRelease } from '../image-release.ts'
import { TargetRefused } from '../target-refused.ts'
import { compose } from './compose.ts'
import { type ComposeSettings, readComposeSettings } from './compose-settings.ts'
import { composeSupervisor } from './compose-supervisor.ts'

/**
 * The server with containers that `<root>/target.json` describes.
 * @throws TargetRefused `target.settings`, naming every fault
 */
export const openComposeTarget = (root: string): HostTarget => composeTarget(readComposeSettings(root))

/** Two colours of containers on one server: moved between as processes are, started and stopped by Compose. */
export function composeTarget(settings: ComposeSettings): HostTarget {
  const { root, timeouts } = settings
  const containers = compose(settings)
  const imageOf = (name: string): string => {
    const found = listImages(root).find((release) => release.name === name)
    if (found) return found.image
    throw new TargetRefused(
      'target.release-unknown',
      `No image is known for ${name}. Add it: lyceum releases add release.json --target compose`
    )
  }
  return {
    ...hostTarget(settings, {
      kind: 'compose',
      supervisor: composeSupervisor(containers, imageOf, timeouts),
      traffic: trafficOf(settings),
      releases: () => listImages(root).map(({ image: _, ...release }) => release)
    }),
    shelf: {
      ask: (release, args) => containers.once(imageOf(release), args),
      describe: async (release) => JSON.parse(readFileSync(fileOf(root, release), 'utf8')),
      add: async (source) => {
        const release = readImageRelease(readFileSync(source, 'utf8'), source)
        const place = releaseFolder(root, release.name)
        if (existsSync(place))
          throw new TargetRefused(
            'target.release-exists',
            `There is a release ${release.name} already. A release never changes: build it under another name.`
          )
        await containers.pull(release.image)
        mkdirSync(`${place}.adding`, { recursive: true })
        cpSync(source, join(`${place}.adding`, 'release.json'))
        renameSync(`${place}.adding`, place)
        return release
      },
      remove: async (release) => rmSync(releaseFolder(root, release), { recursive: true, force: true })
    }
  }
}

const fileOf = (root: string, release: string): string => join(releaseFolder(root, release), 'release.json')

/** Newest first. */
function listImages(root: string): ImageRelease[] {
  const folder = join(root, 'releases')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(fileOf(root, name)) && !name.endsWith('.adding'))
    .sort((one, two) => statSync(fileOf(root, two)).mtimeMs - statSync(fileOf(root, one)).mtimeMs)
    .map((name) => readImageRelease(readFileSync(fileOf(root, name), 'utf8'), fileOf(root, name)))
}
