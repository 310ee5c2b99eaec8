import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { releaseFolder } from '../../release/facts/folders.ts'
import { migrationsIn } from '../../release/facts/release-folder.ts'
import { openTarget } from '../../release/open-target.ts'
import { recent } from '../../release/operate.ts'
import type { Release } from '../../release/target.ts'
import { answer, table } from '../../terminal.ts'
import { chooseRelease, openPlace, outputOption, type PlaceOptions, placed, WAYS } from './place.ts'

export function releasesCommand(): Command {
  const releases = new Command('releases')
    .description('what could be released here, and what was')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lyceum releases add lyceum-1.4.0.tar.gz\n  $ lyceum releases ls\n  $ lyceum releases prune --keep 3'
    )
  releases
    .command('add')
    .description('put a release where it is started from; one that is there is never changed')
    .argument('<source>', 'a folder, or a tar of one, with release.json at its root; of an image, its release.json')
    .option('--root <folder>', 'what the installation was put into: releases, journal', '/srv/lyceum')
    .option('--target <way>', WAYS, 'host')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ lyceum releases add lyceum-1.4.0.tar.gz\n  $ lyceum releases add ./lyceum-1.4.0 --root /srv/school'
    )
    .action(async (source: string, { root, target, output }: Pick<PlaceOptions, 'root' | 'target' | 'output'>) => {
      // A server needs no settings yet for a release to lie there.
      if (target === 'host') {
        const { addRelease } = await import('../../target/host/release-folder.ts')
        const release = addRelease(root, source)
        return answer(output === 'json', release, () => `${release.name} is in ${releaseFolder(root, release.name)}`)
      }
      const { shelf } = await openTarget(target, resolve(root))
      const release = await shelf?.add(source)
      if (release === undefined)
        throw new CommandFailed(
          'release.no-shelf',
          `“${target}” keeps its releases itself: put it there by its own way.`
        )
      answer(
        output === 'json',
        release,
        () => `${release.name} is there. Try: lyceum plan ${release.name} --target ${target}`
      )
    })
  placed(releases.command('ls'))
    .description('every release that is here, and where it runs')
    .addHelpText('after', '\nExamples:\n  $ lyceum releases ls -o json')
    .action(async (options: PlaceOptions) => {
      const { operation } = await openPlace(options)
      const [all, seen] = await Promise.all([operation.target.releases(), operation.target.observe()])
      const rows = all.map(({ name, commit }) => ({
        name,
        commit,
        runs: (['blue', 'green'] as const).filter((colour) => seen.colours[colour].release === name),
        serves: seen.colours[seen.stable].release === name
      }))
      answer(options.output === 'json', { releases: rows }, () =>
        rows.length === 0
          ? 'There is no release here yet.'
          : table([
              ['RELEASE', 'COMMIT', 'STATE'],
              ...rows.map(({ name, commit, runs, serves }) => [
                name,
                commit,
                serves ? 'serves' : runs.length > 0 ? `runs in ${runs.join(', ')}` : ''
              ])
            ])
      )
    })
  placed(releases.command('show'))
    .description('one release: what it is, and how its rollouts ended')
    .argument('<release>', 'its name')
    .addHelpText('after', '\nExamples:\n  $ lyceum releases show 2026.3.1')
    .action(async (name: string, options: PlaceOptions) => {
      const place = await openPlace(options)
      const release = await chooseRelease(place, name)
      const rollouts = (await recent(place.operation.journals, 1_000))
        .filter(({ plan }) => plan.release.name === name)
        .map(({ plan, outcome, changedAt }) => ({
          run: plan.run,
          purpose: plan.purpose,
          strategy: plan.strategy,
          by: plan.by,
          outcome,
          changedAt
        }))
      answer(options.output === 'json', { release, rollouts }, () =>
        [
          `${release.name}, commit ${release.commit}, schema ${release.schema.min} to ${release.schema.max}`,
          ...rollouts.map(
            ({ changedAt, purpose, strategy, by, outcome }) =>
              `${changedAt}  ${purpose}, ${strategy}, by ${by}: ${outcome?.kind ?? 'under way'}${outcome && 'why' in outcome ? ` (${outcome.why})` : ''}`
          )
        ].join('\n')
      )
    })
  placed(releases.command('prune'))
    .description('remove old releases from this machine; never one that runs or could be gone back to')
    .option('--keep <number>', 'how many to keep beside those that run', readCount, 3)
    .option('--dry-run', 'only say which')
    .addHelpText('after', '\nExamples:\n  $ lyceum releases prune --keep 5 --dry-run')
    .action(async (options: PlaceOptions & { keep: number; dryRun?: boolean }) => {
      const { operation, root } = await openPlace(options)
      const lease = await operation.lock.acquire({ holder: operation.by, reason: 'releases prune' })
      try {
        const [all, seen] = await Promise.all([operation.target.releases(), operation.target.observe()])
        const runs = [seen.colours.blue.release, seen.colours.green.release]
        const [last] = (await recent(operation.journals, 50)).filter(({ outcome }) => outcome?.kind === 'released')
        const needed = new Set([...runs, last?.plan.previous?.name])
        const gone = all.filter(({ name }) => !needed.has(name)).slice(options.keep)
        for (const { name } of gone)
          if (!options.dryRun) {
            if (operation.target.shelf) await operation.target.shelf.remove(name)
            else rmSync(releaseFolder(root, name), { recursive: true, force: true })
          }
        const names = gone.map(({ name }) => name)
        answer(options.output === 'json', { removed: options.dryRun ? [] : names, wouldRemove: names }, () =>
          names.length === 0
            ? 'Nothing to remove.'
            : `${options.dryRun ? 'Would remove' : 'Removed'} ${names.join(', ')}.`
        )
      } finally {
        await lease.release()
      }
    })
  return releases
}

export function upgradeCheckCommand(): Command {
  return placed(new Command('upgrade-check'))
    .description('whether one release may follow another directly; exits with 2 when one between is needed')
    .argument('<from>', 'the release that serves')
    .argument('<to>', 'the one that should')
    .addHelpText('after', '\nExamples:\n  $ lyceum upgrade-check 2026.1.0 2026.3.1')
    .action(async (from: string, to: string, options: PlaceOptions) => {
      const place = await openPlace(options)
      if (place.operation.target.shelf)
        throw new CommandFailed(
          'release.no-folder',
          'Migrations are compared in folders of releases, and here they are images. “lyceum plan” asks the new release itself.'
        )
      const [before, after] = await Promise.all([chooseRelease(place, from), chooseRelease(place, to)])
      const fault = pathFault(before, after, migrationsIn(place.root, from), migrationsIn(place.root, to))
      if (fault !== null) process.exitCode = exitCodes.pending
      answer(
        options.output === 'json',
        { from, to, ok: fault === null, fault },
        () => fault ?? `${to} may follow ${from}.`
      )
    })
}

/** Why both cannot serve side by side on one schema; null where they can. */
export function pathFault(
  from: Release,
  to: Release,
  known: readonly string[],
  coming: readonly string[]
): string | null {
  if (!known.includes(to.schema.min) && !coming.includes(to.schema.min))
    return `${to.name} needs ${to.schema.min}, which neither release has. Release the versions between first.`
  const lost = known.filter((name) => !coming.includes(name))
  return lost.length > 0
    ? `${to.name} does not know ${lost.join(', ')} of ${from.name}: it is older, or of another line. Use: lyceum rollback`
    : null
}

function readCount(given: string): number {
  const count = Number(given)
  if (Number.isInteger(count) && count >= 0) return count
  throw new InvalidArgumentError('Give a whole number.')
}
