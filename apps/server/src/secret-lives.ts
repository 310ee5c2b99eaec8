import { ADDRESS_SECONDS } from '@lyceum/file/file-address'
import type { RotatableName } from '@lyceum/platform/secret-names'
import { WINDOW_MS } from '@lyceum/platform/services/seal'
import { ACCESS_SECONDS } from '@lyceum/user/access-token'

const HOUR_MS = 60 * 60 * 1000

/**
 * For how many milliseconds at most anything is good that a secret has signed: so long the one before is believed after an
 * exchange, and so long the next exchange waits.
 */
export const LIVES_MS: Readonly<Record<RotatableName, number>> = {
  TOKEN_SECRET: ACCESS_SECONDS * 1000,
  FILE_SECRET: ADDRESS_SECONDS * 1000,
  // A browser is kept for as long as somebody's work needs it.
  PIN_SECRET: 31 * 24 * HOUR_MS,
  SERVICE_SECRET_KEY: 2 * WINDOW_MS,
  DATABASE_APP_PASSWORD: 0,
  DATABASE_JOBS_PASSWORD: 0
}
