export interface Topic {
  readonly name: string
  readonly about: string
  readonly text: string
}

export const topics: readonly Topic[] = [
  {
    name: 'exit-codes',
    about: 'what a script learns from a command',
    text: `Every command ends with one of these:

    0   done
    1   failed, and nothing was changed
    2   differences or something pending (migrate status, check, lint)
    3   refused: the caller may not do that, or a rule forbids it (of a release: a gate is closed)
    4   a release was aborted and taken back; the one before serves
    5   a release could not be taken back: call somebody
    6   a release waits for a person, with traffic as it is (lyceum status)
   64   the command was written wrongly
   75   busy: another process holds what is needed; try later
  130   interrupted; running the command again is safe`
  },
  {
    name: 'json',
    about: 'output for programs',
    text: `Every command that answers takes --json and then writes one JSON object on one line to standard output, and nothing
else. Progress and warnings go to standard error. A failure writes {"error":{"code","message"}}; the exit code says
which kind (lyceum help exit-codes). Codes such as course-import.zip-truncated are stable, messages are not.

  $ lyceum course import ./my-course --json | jq -r .courseId`
  },
  {
    name: 'environment',
    about: 'settings and where they come from',
    text: `Settings are environment variables; a file .env in the working directory fills in what is not set. A secret may be read
from a file named by <NAME>_FILE. lyceum config show prints what is in force, lyceum config docs the whole reference.

The ones to know:
  LYCEUM_HOME    folder of everything kept on disk            (./.lyceum)
  PORT           port to listen on; 0 takes any free one      (3000)
  LYCEUM_ENV     development, staging or production           (development)
  DATABASE_URL   an outside PostgreSQL instead of the embedded one

NO_COLOR=1 turns colours off. LYCEUM_DEBUG=1 adds the stack to an error.`
  },
  {
    name: 'operator',
    about: 'why commands on this machine need no password',
    text: `Commands such as lyceum course import, school and person act for the installation. They read the database and the
secrets in LYCEUM_HOME, so whoever can read that folder is the operator: keep it readable by the account that runs Lyceum
and nobody else (lyceum doctor looks at that).

lyceum course import signs a short-lived access token with the installation's own token secret, made out to the teacher
you name. Against a server elsewhere (--url) it has no such secret: there it signs in with --email and a password, or uses
the access token in LYCEUM_TOKEN.`
  },
  {
    name: 'course-format',
    about: 'what a folder must look like to become a course',
    text: `A course is a folder, or a zip of one, with at least one Markdown file. Without anything else each folder becomes a unit
and each .md file a page, in the order of their names (02-setup.md comes before 10-end.md). mkdocs.yml and Carpentries lessons
are understood. To say it yourself, write course.yaml:

  title: Beekeeping
  units:
    - title: The hive
      items:
        - hive/overview.md
        - video: films/smoker.mp4
          title: Using the smoker
        - file: hive/checklist.pdf
        - link: https://example.org/bees
          title: Further reading

Pages may use tables, footnotes, > [!NOTE] boxes and <details>; pictures and links between pages are relative.`
  }
]

export const topicNames: readonly string[] = topics.map(({ name }) => name)
