import { existsSync } from 'node:fs'
import { type Check, note, ok } from './check.ts'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export const browser: Check = {
  what: 'browser for tests',
  check: async () => {
    const found = PLACES.find((path) => existsSync(path))
    return found ? ok(found) : note('none', 'Only the tests of screens need one: apt-get install chromium')
  }
}
