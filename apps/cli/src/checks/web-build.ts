import { isWebBuildCurrent } from '@lyceum/server/web-build'
import { type Check, note, ok } from './check.ts'

export const webBuild: Check = {
  what: 'web app',
  check: async () =>
    isWebBuildCurrent()
      ? ok('built from these sources')
      : note('not built, or its sources changed since', 'The next start builds it; “lyceum build” does it now.')
}
