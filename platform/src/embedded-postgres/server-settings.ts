import type { HomeLayout } from './home-layout.ts'

/** Arguments of the `postgres` program of a major version; `settings` are added last and win. */
export function serverArguments(
  layout: HomeLayout,
  major: number,
  port: number,
  settings: Readonly<Record<string, string>>
): string[] {
  const all = { ...SETTINGS, ...(major >= 18 ? SINCE_18 : {}), port: String(port), ...settings }
  return ['-D', layout.data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '100',
  shared_buffers: '64MB',
  huge_pages: 'off',
  jit: 'off',
  // Today's disks seek for nothing; the default of 4 was measured on spinning ones and prefers reading whole tables.
  random_page_cost: '1.1',
  // Containers have 64 MB of /dev/shm; a query with several workers would exceed it and fail.
  max_parallel_workers_per_gather: '0',
  autovacuum: 'on',
  autovacuum_max_workers: '2',
  // The default of a fifth of the table lets large tables rot for weeks before they are vacuumed.
  autovacuum_vacuum_scale_factor: '0.05',
  autovacuum_analyze_scale_factor: '0.05',
  // A statement whose client is gone ends too, instead of holding its locks to the end. Not available on Windows.
  client_connection_check_interval: process.platform === 'win32' ? '0' : '5s',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  wal_level: 'replica',
  // A process that would only wait for subscriptions.
  max_logical_replication_workers: '0',
  max_wal_size: '512MB',
  min_wal_size: '64MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %q%a ',
  log_checkpoints: 'off',
  logging_collector: 'off'
}

const SINCE_18 = {
  // Three more processes that only pay off for scans larger than memory.
  io_method: 'sync'
}
