import { type Config, readConfig } from '../../config/config.ts'

/**
 * Settings of a copy that is tried out: a database and files of its own, secrets of its own, nobody beside it, and no way out: no mail,
 * no queue, no object storage, no archive, nobody who watches.
 */
export function copyConfig(
  { RELEASE, MAIL_FROM }: Config,
  { home, ownerUrl }: { readonly home: string; readonly ownerUrl: string }
): Config {
  return readConfig({
    LYCEUM_ENV: 'staging',
    LYCEUM_HOME: home,
    DATABASE_URL: ownerUrl,
    DATABASE_POOL: '4',
    BIND_ADDRESS: '127.0.0.1',
    RELEASE,
    MAIL_FROM,
    SHUTDOWN_WAIT_SECONDS: '0',
    SHUTDOWN_SECONDS: '1',
    SHUTDOWN_LONG_SECONDS: '1',
    SHUTDOWN_SPREAD_SECONDS: '0'
  })
}
