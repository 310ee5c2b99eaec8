import { Command } from 'commander'
import { answer, table } from '../terminal.ts'

export function releasesCommand(): Command {
  const releases = new Command('releases')
    .description('the releases that lie on this server')
    .addHelpText('after', '\nExamples:\n  $ lyceum releases add lyceum-1.4.0.tar.gz\n  $ lyceum releases ls')
  releases
    .command('add')
    .description('put a release where the release tool starts it from; one that is there is never changed')
    .argument('<source>', 'a folder, or a tar of one, with release.json at its root')
    .option('--root <folder>', 'the server’s folder', '/srv/lyceum')
    .option('--json', 'as one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lyceum releases add lyceum-1.4.0.tar.gz\n  $ lyceum releases add ./lyceum-1.4.0 --root /srv/school'
    )
    .action(async (source: string, { root, json }: { root: string; json?: boolean }) => {
      const { addRelease, releaseFolder } = await import('../target/host/release-folder.ts')
      const release = addRelease(root, source)
      answer(json, release, () => `${release.name} is in ${releaseFolder(root, release.name)}`)
    })
  releases
    .command('ls')
    .description('every release on this server, newest first')
    .option('--root <folder>', 'the server’s folder', '/srv/lyceum')
    .option('--json', 'as {releases: [{name, commit, schema}]}')
    .addHelpText('after', '\nExamples:\n  $ lyceum releases ls')
    .action(async ({ root, json }: { root: string; json?: boolean }) => {
      const { listReleases } = await import('../target/host/release-folder.ts')
      const found = listReleases(root)
      answer(json, { releases: found }, () =>
        found.length === 0
          ? `There is no release in ${root}/releases. Add one with “lyceum releases add”.`
          : table(found.map(({ name, commit, schema }) => [name, commit.slice(0, 8), `${schema.min} to ${schema.max}`]))
      )
    })
  return releases
}
