import type { DrillKind, Step } from './drill.ts'

export interface Runbook {
  readonly kind: DrillKind
  readonly steps: readonly Step[]
}

const stop: Step = {
  does: 'stop',
  title: 'Stop Lyceum',
  well: 'The command comes back, and nothing answers at the address of the school any more.',
  otherwise:
    'It waits for requests under way for half a minute. After two minutes: `systemctl kill --signal=KILL lyceum`. The restore ends what PostgreSQL left behind.'
}

const putAside: Step = {
  does: 'type',
  title: 'Put aside what is left, and overwrite nothing',
  commands: [
    'mkdir -p "$LYCEUM_HOME/before" "$LYCEUM_HOME/postgres" "$LYCEUM_HOME/files"',
    'mv "$LYCEUM_HOME/postgres" "$LYCEUM_HOME/files" "$LYCEUM_HOME/before/"'
  ],
  well: 'Nothing is said. `secrets/` stays where it is, so that addresses of files and sealed settings stay good.',
  otherwise:
    '“Directory not empty”: something was put aside before. Give `before` another name in both lines. “No space”: it is the same disk, so nothing is copied; look at the file system itself with `dmesg`.'
}

const dryRun = (target: string): Step => ({
  does: 'type',
  title: 'Ask whether it can be had back, and until when',
  commands: [`lyceum restore ${target} --dry-run`],
  sees: 'without a gap',
  well: 'A table: the set, “as of” the instant that will come back, a log “without a gap”.',
  otherwise:
    'The message names what is in the way and how far one can go: a missing piece of the log (use the `--to-time` that it names), another key (`--identity`), a repository that is away (`--from` the second one), a newer release (install that one).'
})

const restore = (target: string): Step => ({
  does: 'type',
  title: 'Restore',
  commands: [`lyceum restore ${target} --yes`],
  sees: 'Restored as of',
  well: '“Restored as of …”, and no line that begins with “Lost”. A hundred thousand learners take minutes, a terabyte of files hours.',
  otherwise:
    'Run the same command again: it begins anew, and takes what is damaged in one repository from the other. Exit code 2 means that it is back and a file is not: the line names it.'
})

const start: Step = {
  does: 'start',
  title: 'Start Lyceum',
  well: '“Lyceum is ready at …”; `lyceum doctor` has no ✗ but those of backups.',
  otherwise:
    '`journalctl -n 50 -u lyceum` and `LYCEUM_HOME/logs/postgres.log` say why: [the database does not start](database-does-not-start.md).'
}

const look: Step = {
  does: 'look',
  title: 'Sign in, and look',
  well: 'Everybody signs in again, with the password they had. The course that was worked on last is there, and a file in it opens.',
  otherwise: 'The log says what a request failed of. What is not there: compare with the “as of” of the restore.'
}

const newSet: Step = {
  does: 'type',
  title: 'Make a full set at once',
  commands: ['lyceum backup create --type full'],
  sees: '(full)',
  well: '“Set … (full)”. From here on the next disaster is covered as well.',
  otherwise: '`lyceum backup check` says what keeps the log from arriving: [backups failing](backups-failing.md).'
}

/**
 * What is done after a disaster. `lyceum drill` does these steps, and the documents print them, so that what is printed has
 * been done.
 */
export const runbooks: Readonly<Record<DrillKind, Runbook>> = {
  'database-lost': {
    kind: 'database-lost',
    steps: [stop, putAside, dryRun('--latest'), restore('--latest'), start, look, newSet]
  },
  'everything-lost': {
    kind: 'everything-lost',
    steps: [
      {
        does: 'person',
        title: 'A machine, and the release on it',
        well: '`lyceum --help` answers. It is the release that made the backup, or a later one.',
        otherwise:
          '[From an empty machine to a release](../from-an-empty-machine.md). Without the settings, begin with an empty `.env`; add PUBLIC_URL, LYCEUM_ENV and what you remember.'
      },
      {
        does: 'type',
        title: 'Say where backups are, and what opens them',
        commands: ['lyceum backup setup --to {repository} --identity-file {key}'],
        sees: 'Backups go to',
        well: '“Backups go to …”. The key that it shows is the one in the file.',
        otherwise:
          '“Another key”: the file is not the one, or is not there. Fetch the copy of the key from the safe. Credentials of S3 and Azure belong into `.env` first. The first place is lost as well: name the second one with `--to`.'
      },
      dryRun('--latest'),
      restore('--latest'),
      start,
      look,
      newSet,
      {
        does: 'person',
        title: 'Names and what was outside',
        well: 'The names of every school lead to the new machine, the certificate is there, mail goes out.',
        otherwise:
          '`lyceum doctor` names what cannot be reached. Client secrets of identity providers are typed in again, unless `secrets/` is put back from a copy of your own.'
      }
    ]
  },
  'data-corrupted': {
    kind: 'data-corrupted',
    steps: [
      {
        does: 'person',
        title: 'Find the instant before the fault',
        well: 'An instant in UTC at which everything was still right; better a minute too early.',
        otherwise:
          '`lyceum audit tail` shows what operators did, the log of Lyceum every request, `LYCEUM_HOME/logs/postgres.log` what PostgreSQL complained of. Else ask who saw it last as it was. When in doubt, restore beside what serves and look: `lyceum restore --to-time … --into /srv/look-at-it`.'
      },
      stop,
      putAside,
      dryRun('--to-time {instant}'),
      restore('--to-time {instant}'),
      start,
      look,
      newSet,
      {
        does: 'look-aside',
        title: 'Fetch what was right and came after it',
        well: 'What was put aside starts beside what serves, at another port and without an archive. What people did after the fault is in there: export it, or tell them.',
        otherwise:
          'It is the database with the fault in it, not more: nothing has to be got out of it. Remove `before/` when nobody asks any more, after a month.'
      }
    ]
  }
}

export const STOP_COMMAND = 'systemctl stop lyceum'
export const START_COMMAND = 'systemctl start lyceum'
export const ASIDE_COMMAND = 'BACKUP_REPOSITORY= PORT=3100 LYCEUM_HOME="$LYCEUM_HOME/before" lyceum serve'
