/** A rule and the four moments in which it is tried: too much, well, well again, and nothing measured at all. */
export interface Alert {
  readonly name: string
  readonly expr: string
  readonly for: string
  readonly severity: 'critical' | 'warning'
  readonly summary: string
  readonly runbook: string
}

/** Without those who do not exist and try a release out. */
const PEOPLE = 'job="lyceum", synthetic=""'
const requests = (window: string) => `sum(rate(lyceum_http_request_duration_seconds_count{${PEOPLE}}[${window}]))`
const errors = (window: string) => `sum(rate(lyceum_http_errors_total{${PEOPLE}}[${window}]))`
/** What uses up the month's 0.1 % so many times faster than it may, long enough and still now. */
const burning = (times: number, long: string, short: string) =>
  [long, short].map((window) => `${errors(window)} / ${requests(window)} > ${times} * 0.001`).join('\nand\n')

/** Files and streams take as long as the line of whoever reads them. */
const ORDINARY = 'route!~".*(/content/|/uploads|/stream).*"'

export const alerts: readonly Alert[] = [
  {
    name: 'LyceumErrors',
    expr: `${errors('5m')} / ${requests('5m')} > 0.05`,
    for: '2m',
    severity: 'critical',
    summary: '{{ $value | humanizePercentage }} of all requests end with an error',
    runbook: 'errors'
  },
  {
    name: 'LyceumSlow',
    expr: `histogram_quantile(0.95, sum by (le) (rate(lyceum_http_request_duration_seconds_bucket{${PEOPLE}, ${ORDINARY}}[5m]))) > 0.5`,
    for: '5m',
    severity: 'warning',
    summary: 'one request of twenty takes longer than {{ $value | humanizeDuration }}',
    runbook: 'slow'
  },
  {
    name: 'LyceumRestarts',
    expr: 'changes(process_start_time_seconds{job="lyceum"}[15m]) > 3',
    for: '0m',
    severity: 'critical',
    summary: '{{ $labels.service }} at {{ $labels.instance }} was started {{ $value }} times within 15 minutes',
    runbook: 'restarts'
  },
  {
    name: 'LyceumDatabaseDown',
    expr: 'max by (job) (lyceum_database_up{job="lyceum"}) == 0 or (absent(lyceum_database_up{job="lyceum"}) and on () (max(up{job="lyceum"}) == 1))',
    for: '1m',
    severity: 'critical',
    summary: 'no process reaches the database',
    runbook: 'database-down'
  },
  {
    name: 'LyceumDatabaseUnreachable',
    expr: 'lyceum_database_up{job="lyceum"} == 0 unless on () (max(lyceum_database_up{job="lyceum"}) == 0)',
    for: '2m',
    severity: 'warning',
    summary: '{{ $labels.service }} at {{ $labels.instance }} does not reach the database; others do',
    runbook: 'database-down'
  },
  {
    name: 'LyceumReplicaBehind',
    expr: 'max by (job, replica) (lyceum_replica_lag_seconds{job="lyceum"}) > 30',
    for: '5m',
    severity: 'warning',
    summary: 'the replica at {{ $labels.replica }} is {{ $value | humanizeDuration }} behind',
    runbook: 'replica'
  },
  {
    name: 'LyceumReplicaUnused',
    expr: 'max by (job, replica) (lyceum_replica_usable{job="lyceum"}) == 0',
    for: '5m',
    severity: 'warning',
    summary: 'no process reads from the replica at {{ $labels.replica }}: it does not answer or is too far behind',
    runbook: 'replica'
  },
  {
    name: 'LyceumDiskFilling',
    expr: 'lyceum_disk_used_ratio{job="lyceum"} > 0.85 or (1 - node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs"} / node_filesystem_size_bytes{fstype!~"tmpfs|overlay|squashfs"}) > 0.85',
    for: '10m',
    severity: 'warning',
    summary: 'a disk of {{ $labels.instance }} is {{ $value | humanizePercentage }} full',
    runbook: 'disk'
  },
  {
    name: 'LyceumDown',
    expr: 'up{job="lyceum"} == 0',
    for: '2m',
    severity: 'critical',
    summary: '{{ $labels.service }} at {{ $labels.instance }} does not answer',
    runbook: 'down'
  },
  {
    name: 'LyceumUnseen',
    expr: 'absent(up{job="lyceum"})',
    for: '5m',
    severity: 'critical',
    summary: 'Prometheus watches no process of Lyceum: nothing else would be noticed',
    runbook: 'unseen'
  },
  {
    name: 'LyceumBudgetBurnsFast',
    expr: burning(14.4, '1h', '5m'),
    for: '2m',
    severity: 'critical',
    summary: 'at this rate the errors allowed for 30 days (0.1 %) are used up within two days',
    runbook: 'errors'
  },
  {
    name: 'LyceumBudgetBurnsSlowly',
    expr: burning(6, '6h', '30m'),
    for: '15m',
    severity: 'warning',
    summary: 'at this rate the errors allowed for 30 days (0.1 %) are used up within five days',
    runbook: 'errors'
  },
  {
    name: 'LyceumJobsWait',
    expr: 'max(lyceum_jobs_oldest_seconds{job="lyceum"}) > 600',
    for: '5m',
    severity: 'warning',
    summary: 'the job that is due longest waits for {{ $value | humanizeDuration }}',
    runbook: 'jobs'
  },
  {
    name: 'LyceumJobsDead',
    expr: 'max(lyceum_jobs{job="lyceum", state="dead"}) > 0',
    for: '5m',
    severity: 'warning',
    summary: '{{ $value }} jobs used up their attempts and wait for a person',
    runbook: 'jobs'
  },
  {
    name: 'LyceumEventsWait',
    expr: 'max(lyceum_events_oldest_seconds{job="lyceum"}) > 60',
    for: '5m',
    severity: 'warning',
    summary: 'an event waits for {{ $value | humanizeDuration }} to be handed on',
    runbook: 'jobs'
  },
  {
    name: 'LyceumBackupOld',
    expr: 'max by (job) (lyceum_backup_set_age_seconds{job="lyceum"}) > 93600',
    for: '15m',
    severity: 'warning',
    summary: 'the newest backup is {{ $value | humanizeDuration }} old',
    runbook: 'backups'
  },
  {
    name: 'LyceumBackupUnproven',
    expr: 'max by (job) (lyceum_backup_proof_age_seconds{job="lyceum"}) > 108000',
    for: '15m',
    severity: 'warning',
    summary: 'no backup was proven by restoring it for {{ $value | humanizeDuration }}',
    runbook: 'backups'
  },
  {
    name: 'LyceumArchiveLags',
    expr: 'max by (job) (lyceum_backup_archive_lag_seconds{job="lyceum"}) > 900',
    for: '1m',
    severity: 'warning',
    summary: 'the log of the database was last archived {{ $value | humanizeDuration }} ago: so much would be lost',
    runbook: 'backups'
  },
  {
    name: 'LyceumArchiveStands',
    expr: 'max by (job) (lyceum_backup_archive_lag_seconds{job="lyceum"}) > 2700',
    for: '1m',
    severity: 'critical',
    summary: 'the log of the database was last archived {{ $value | humanizeDuration }} ago: so much would be lost',
    runbook: 'backups'
  },
  {
    name: 'LyceumRedisDown',
    expr: 'max by (job) (lyceum_redis_up{job="lyceum"}) == 0',
    for: '2m',
    severity: 'warning',
    summary: 'no process reaches Redis; everything goes on, slower',
    runbook: 'redis-or-rabbitmq'
  },
  {
    name: 'LyceumBrokerDown',
    expr: 'max by (job) (lyceum_broker_up{job="lyceum"}) == 0',
    for: '2m',
    severity: 'warning',
    summary: 'no process reaches RabbitMQ; events wait in the database',
    runbook: 'redis-or-rabbitmq'
  },
  {
    name: 'LyceumWaitsForConnections',
    expr: 'lyceum_database_connections{job="lyceum", state="waiting"} > 0',
    for: '3m',
    severity: 'warning',
    summary: 'requests of {{ $labels.service }} at {{ $labels.instance }} wait for a database connection',
    runbook: 'slow'
  },
  {
    name: 'LyceumEventLoopLags',
    expr: 'nodejs_eventloop_lag_p99_seconds{job="lyceum"} > 0.25',
    for: '5m',
    severity: 'warning',
    summary:
      '{{ $labels.service }} at {{ $labels.instance }} is too busy to listen for {{ $value | humanizeDuration }}',
    runbook: 'slow'
  }
]
