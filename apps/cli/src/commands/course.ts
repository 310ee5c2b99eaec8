import { Command } from 'commander'
import type { Ordered } from '../course-import.ts'

export function courseCommand(): Command {
  const course = new Command('course')
    .description('courses')
    .addHelpText('after', '\nExamples:\n  $ lyceum course import ./beekeeping --publish')
  course
    .command('import')
    .description('make a course of a folder or a zip of Markdown')
    .argument('<path>', 'the folder or the .zip')
    .option('--school <slug>', 'where there are several')
    .option('--teacher <email>', 'who will teach it; the demo teacher or the first administrator where nobody is named')
    .option('--title <title>', 'instead of the one it has')
    .option('--publish', 'open it to its learners at once')
    .option('--url <address>', 'a server elsewhere: its address as people use it')
    .option('--email <email>', 'with --url: who signs in; the password is asked for, or LYCEUM_PASSWORD')
    .option('--json', 'as {courseId, title, units, items, assets, warnings}')
    .addHelpText(
      'after',
      `
Uses the running server of LYCEUM_HOME, or brings the product up for the moment. What the folder must look like:
lyceum help course-format. With --url it signs in like everybody (or takes the access token in LYCEUM_TOKEN).

Examples:
  $ lyceum course import ./beekeeping
  $ lyceum course import lesson.zip --school hill --teacher tom@hill.example --title "Lesson" --publish
  $ lyceum course import ./beekeeping --url https://learn.hill.example --email tom@hill.example`
    )
    .action(async (path: string, ordered: Ordered) => {
      const { importCourse } = await import('../course-import.ts')
      await importCourse(path, ordered)
    })
  return course
}
