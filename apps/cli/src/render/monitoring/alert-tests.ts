/** Input series in the notation of promtool; `fires` are the labels of what fires at that moment. */
interface Case {
  readonly name: string
  readonly series: Readonly<Record<string, string>>
  readonly at: string
  readonly alert: string
  readonly fires: readonly Readonly<Record<string, string>>[]
  /** The summary of what fires. */
  readonly says?: string
}

const ONE = 'job="lyceum", instance="a", service="user"'
const up = `up{${ONE}}`
const total = `lyceum_http_request_duration_seconds_count{${ONE}}`
const failed = `lyceum_http_errors_total{${ONE}, status="500"}`
const critical = [{ severity: 'critical' }]
const warning = [{ severity: 'warning' }]
const one = (severity: string, more: Record<string, string> = {}) => [
  { severity, job: 'lyceum', instance: 'a', service: 'user', ...more }
]
const bucket = (le: string) =>
  `lyceum_http_request_duration_seconds_bucket{${ONE}, route="/api/v1/courses", le="${le}"}`
const quick = { [bucket('0.5')]: '0+100x60', [bucket('1')]: '0+100x60', [bucket('+Inf')]: '0+100x60' }
const slow = { [bucket('0.5')]: '0+80x60', [bucket('1')]: '0+100x60', [bucket('+Inf')]: '0+100x60' }
const slowThenQuick = {
  [bucket('0.5')]: '0+80x20 1700+100x60',
  [bucket('1')]: '0+100x20 2100+100x60',
  [bucket('+Inf')]: '0+100x20 2100+100x60'
}
const film = (le: string) =>
  `lyceum_http_request_duration_seconds_bucket{${ONE}, route="/api/v1/files/:fileId/content/:name", le="${le}"}`

/** Every rule fires, stays silent, resolves, and is tried without its series: what is not measured is no error. */
export const alertCases: readonly Case[] = [
  {
    name: 'errors above 5 %',
    alert: 'LyceumErrors',
    series: { [total]: '0+100x30', [failed]: '0+6x30' },
    at: '20m',
    fires: critical,
    says: '6% of all requests end with an error'
  },
  {
    name: 'errors below 5 %',
    alert: 'LyceumErrors',
    series: { [total]: '0+100x30', [failed]: '0+4x30' },
    at: '20m',
    fires: []
  },
  {
    name: 'errors that ended',
    alert: 'LyceumErrors',
    series: { [total]: '0+100x60', [failed]: '0+6x20 120+0x40' },
    at: '40m',
    fires: []
  },
  { name: 'no error was ever counted', alert: 'LyceumErrors', series: { [total]: '0+100x30' }, at: '20m', fires: [] },
  {
    name: 'nobody asks',
    alert: 'LyceumErrors',
    series: { [total]: '5+0x30', [failed]: '1+0x30' },
    at: '20m',
    fires: []
  },

  {
    name: 'p95 above 500 ms',
    alert: 'LyceumSlow',
    series: slow,
    at: '20m',
    fires: warning,
    says: 'one request of twenty takes longer than 875ms'
  },
  { name: 'p95 below 500 ms', alert: 'LyceumSlow', series: quick, at: '20m', fires: [] },
  { name: 'slow, then quick', alert: 'LyceumSlow', series: slowThenQuick, at: '45m', fires: [] },
  {
    name: 'only films are slow',
    alert: 'LyceumSlow',
    series: { [film('0.5')]: '0+0x30', [film('1')]: '0+100x30', [film('+Inf')]: '0+100x30' },
    at: '20m',
    fires: []
  },
  { name: 'no request', alert: 'LyceumSlow', series: { [up]: '1x30' }, at: '20m', fires: [] },

  {
    name: 'started five times',
    alert: 'LyceumRestarts',
    series: { [`process_start_time_seconds{${ONE}}`]: '1x4 2x2 3x2 4x2 5x2 6x20' },
    at: '14m',
    fires: one('critical'),
    says: 'user at a was started 4 times within 15 minutes'
  },
  {
    name: 'started three times',
    alert: 'LyceumRestarts',
    series: { [`process_start_time_seconds{${ONE}}`]: '1x4 2x2 3x2 4x20' },
    at: '14m',
    fires: []
  },
  {
    name: 'restarts that ended',
    alert: 'LyceumRestarts',
    series: { [`process_start_time_seconds{${ONE}}`]: '1x2 2x2 3x2 4x2 5x60' },
    at: '50m',
    fires: []
  },
  { name: 'no start time', alert: 'LyceumRestarts', series: { [up]: '1x30' }, at: '14m', fires: [] },

  {
    name: 'no process reaches the database',
    alert: 'LyceumDatabaseDown',
    series: { [`lyceum_database_up{${ONE}}`]: '1x5 0x20', [up]: '1x30' },
    at: '10m',
    fires: [{ severity: 'critical', job: 'lyceum' }],
    says: 'no process reaches the database'
  },
  {
    name: 'the database answers',
    alert: 'LyceumDatabaseDown',
    series: { [`lyceum_database_up{${ONE}}`]: '1x30', [up]: '1x30' },
    at: '10m',
    fires: []
  },
  {
    name: 'the database came back',
    alert: 'LyceumDatabaseDown',
    series: { [`lyceum_database_up{${ONE}}`]: '1x5 0x10 1x30', [up]: '1x50' },
    at: '30m',
    fires: []
  },
  {
    name: 'processes answer without saying',
    alert: 'LyceumDatabaseDown',
    series: { [up]: '1x30' },
    at: '10m',
    fires: [{ severity: 'critical', job: 'lyceum' }],
    says: 'no process reaches the database'
  },

  {
    name: 'one of two is cut off',
    alert: 'LyceumDatabaseUnreachable',
    series: {
      [`lyceum_database_up{${ONE}}`]: '0x20',
      'lyceum_database_up{job="lyceum", instance="b", service="user"}': '1x20'
    },
    at: '10m',
    fires: one('warning'),
    says: 'user at a does not reach the database; others do'
  },
  {
    name: 'all are cut off, which the other rule says',
    alert: 'LyceumDatabaseUnreachable',
    series: { [`lyceum_database_up{${ONE}}`]: '0x20' },
    at: '10m',
    fires: []
  },
  {
    name: 'one was cut off',
    alert: 'LyceumDatabaseUnreachable',
    series: {
      [`lyceum_database_up{${ONE}}`]: '0x10 1x20',
      'lyceum_database_up{job="lyceum", instance="b", service="user"}': '1x30'
    },
    at: '20m',
    fires: []
  },
  { name: 'nothing is measured', alert: 'LyceumDatabaseUnreachable', series: { [up]: '1x30' }, at: '10m', fires: [] },

  {
    name: 'a minute behind',
    alert: 'LyceumReplicaBehind',
    series: { [`lyceum_replica_lag_seconds{${ONE}, replica="r1:5432"}`]: '60x20' },
    at: '10m',
    fires: [{ severity: 'warning', job: 'lyceum', replica: 'r1:5432' }],
    says: 'the replica at r1:5432 is 1m 0s behind'
  },
  {
    name: 'a second behind',
    alert: 'LyceumReplicaBehind',
    series: { [`lyceum_replica_lag_seconds{${ONE}, replica="r1:5432"}`]: '1x20' },
    at: '10m',
    fires: []
  },
  {
    name: 'was behind',
    alert: 'LyceumReplicaBehind',
    series: { [`lyceum_replica_lag_seconds{${ONE}, replica="r1:5432"}`]: '60x10 0x20' },
    at: '20m',
    fires: []
  },
  { name: 'there are no replicas', alert: 'LyceumReplicaBehind', series: { [up]: '1x20' }, at: '10m', fires: [] },
  {
    name: 'nobody reads there',
    alert: 'LyceumReplicaUnused',
    series: {
      [`lyceum_replica_usable{${ONE}, replica="r1:5432"}`]: '0x20',
      [`lyceum_replica_usable{${ONE}, replica="r2:5432"}`]: '1x20'
    },
    at: '10m',
    fires: [{ severity: 'warning', job: 'lyceum', replica: 'r1:5432' }],
    says: 'no process reads from the replica at r1:5432: it does not answer or is too far behind'
  },
  {
    name: 'one of two processes reads there',
    alert: 'LyceumReplicaUnused',
    series: {
      [`lyceum_replica_usable{${ONE}, replica="r1:5432"}`]: '0x20',
      'lyceum_replica_usable{job="lyceum", instance="b", service="course", replica="r1:5432"}': '1x20'
    },
    at: '10m',
    fires: []
  },
  {
    name: 'nobody read there',
    alert: 'LyceumReplicaUnused',
    series: { [`lyceum_replica_usable{${ONE}, replica="r1:5432"}`]: '0x10 1x20' },
    at: '20m',
    fires: []
  },
  { name: 'there is none to read', alert: 'LyceumReplicaUnused', series: { [up]: '1x20' }, at: '10m', fires: [] },

  {
    name: '86 % full',
    alert: 'LyceumDiskFilling',
    series: { [`lyceum_disk_used_ratio{${ONE}}`]: '0.86x40' },
    at: '20m',
    fires: one('warning'),
    says: 'a disk of a is 86% full'
  },
  {
    name: '84 % full',
    alert: 'LyceumDiskFilling',
    series: { [`lyceum_disk_used_ratio{${ONE}}`]: '0.84x40' },
    at: '20m',
    fires: []
  },
  {
    name: 'room again',
    alert: 'LyceumDiskFilling',
    series: { [`lyceum_disk_used_ratio{${ONE}}`]: '0.86x20 0.5x30' },
    at: '40m',
    fires: []
  },
  { name: 'no disk is measured', alert: 'LyceumDiskFilling', series: { [up]: '1x40' }, at: '20m', fires: [] },
  {
    name: 'a disk of the machine',
    alert: 'LyceumDiskFilling',
    series: {
      'node_filesystem_avail_bytes{instance="m", fstype="ext4", mountpoint="/"}': '10x40',
      'node_filesystem_size_bytes{instance="m", fstype="ext4", mountpoint="/"}': '100x40'
    },
    at: '20m',
    fires: [{ severity: 'warning', instance: 'm', fstype: 'ext4', mountpoint: '/' }],
    says: 'a disk of m is 90% full'
  },

  {
    name: 'a process is gone',
    alert: 'LyceumDown',
    series: { [up]: '1x5 0x20' },
    at: '10m',
    fires: one('critical'),
    says: 'user at a does not answer'
  },
  { name: 'all answer', alert: 'LyceumDown', series: { [up]: '1x20' }, at: '10m', fires: [] },
  { name: 'it came back', alert: 'LyceumDown', series: { [up]: '0x10 1x20' }, at: '20m', fires: [] },
  {
    name: 'nobody is watched, which the other rule says',
    alert: 'LyceumDown',
    series: { 'up{job="other"}': '0x20' },
    at: '10m',
    fires: []
  },

  {
    name: 'nobody is watched',
    alert: 'LyceumUnseen',
    series: { 'up{job="other"}': '1x20' },
    at: '10m',
    fires: [{ severity: 'critical', job: 'lyceum' }],
    says: 'Prometheus watches no process of Lyceum: nothing else would be noticed'
  },
  { name: 'somebody is watched', alert: 'LyceumUnseen', series: { [up]: '0x20' }, at: '10m', fires: [] },
  { name: 'watched again', alert: 'LyceumUnseen', series: { [up]: '_x10 1x20' }, at: '20m', fires: [] },

  {
    name: '2 % of errors for an hour',
    alert: 'LyceumBudgetBurnsFast',
    series: { [total]: '0+1000x90', [failed]: '0+20x90' },
    at: '80m',
    fires: critical,
    says: 'at this rate the errors allowed for 30 days (0.1 %) are used up within two days'
  },
  {
    name: '1 % of errors for an hour',
    alert: 'LyceumBudgetBurnsFast',
    series: { [total]: '0+1000x90', [failed]: '0+10x90' },
    at: '80m',
    fires: []
  },
  {
    name: 'errors that ended a quarter of an hour ago',
    alert: 'LyceumBudgetBurnsFast',
    series: { [total]: '0+1000x120', [failed]: '0+50x60 3000+0x60' },
    at: '75m',
    fires: []
  },
  {
    name: 'no error was ever counted',
    alert: 'LyceumBudgetBurnsFast',
    series: { [total]: '0+1000x90' },
    at: '80m',
    fires: []
  },

  {
    name: '1 % of errors for six hours',
    alert: 'LyceumBudgetBurnsSlowly',
    series: { [total]: '0+1000x420', [failed]: '0+10x420' },
    at: '400m',
    fires: warning,
    says: 'at this rate the errors allowed for 30 days (0.1 %) are used up within five days'
  },
  {
    name: '0.5 % of errors for six hours',
    alert: 'LyceumBudgetBurnsSlowly',
    series: { [total]: '0+1000x420', [failed]: '0+5x420' },
    at: '400m',
    fires: []
  },
  {
    name: 'errors that ended',
    alert: 'LyceumBudgetBurnsSlowly',
    series: { [total]: '0+1000x420', [failed]: '0+10x340 3400+0x80' },
    at: '400m',
    fires: []
  },
  {
    name: 'no error was ever counted',
    alert: 'LyceumBudgetBurnsSlowly',
    series: { [total]: '0+1000x420' },
    at: '400m',
    fires: []
  },

  {
    name: 'a job is due for eleven minutes',
    alert: 'LyceumJobsWait',
    series: { [`lyceum_jobs_oldest_seconds{${ONE}}`]: '660x20' },
    at: '10m',
    fires: warning,
    says: 'the job that is due longest waits for 11m 0s'
  },
  {
    name: 'a job is due for a minute',
    alert: 'LyceumJobsWait',
    series: { [`lyceum_jobs_oldest_seconds{${ONE}}`]: '60x20' },
    at: '10m',
    fires: []
  },
  {
    name: 'jobs were caught up',
    alert: 'LyceumJobsWait',
    series: { [`lyceum_jobs_oldest_seconds{${ONE}}`]: '660x10 0x20' },
    at: '20m',
    fires: []
  },
  { name: 'no queue is measured', alert: 'LyceumJobsWait', series: { [up]: '1x20' }, at: '10m', fires: [] },

  {
    name: 'a dead job',
    alert: 'LyceumJobsDead',
    series: { [`lyceum_jobs{${ONE}, state="dead"}`]: '1x20' },
    at: '10m',
    fires: warning,
    says: '1 jobs used up their attempts and wait for a person'
  },
  {
    name: 'no dead job',
    alert: 'LyceumJobsDead',
    series: { [`lyceum_jobs{${ONE}, state="dead"}`]: '0x20' },
    at: '10m',
    fires: []
  },
  {
    name: 'dead jobs were looked after',
    alert: 'LyceumJobsDead',
    series: { [`lyceum_jobs{${ONE}, state="dead"}`]: '3x10 0x20' },
    at: '20m',
    fires: []
  },
  { name: 'no queue is measured', alert: 'LyceumJobsDead', series: { [up]: '1x20' }, at: '10m', fires: [] },

  {
    name: 'an event waits for two minutes',
    alert: 'LyceumEventsWait',
    series: { [`lyceum_events_oldest_seconds{${ONE}}`]: '120x20' },
    at: '10m',
    fires: warning,
    says: 'an event waits for 2m 0s to be handed on'
  },
  {
    name: 'events are handed on',
    alert: 'LyceumEventsWait',
    series: { [`lyceum_events_oldest_seconds{${ONE}}`]: '1x20' },
    at: '10m',
    fires: []
  },
  {
    name: 'events were caught up',
    alert: 'LyceumEventsWait',
    series: { [`lyceum_events_oldest_seconds{${ONE}}`]: '120x10 0x20' },
    at: '20m',
    fires: []
  },
  { name: 'no event is measured', alert: 'LyceumEventsWait', series: { [up]: '1x20' }, at: '10m', fires: [] },

  {
    name: 'too long ago',
    alert: 'LyceumBackupOld',
    series: { [`lyceum_backup_set_age_seconds{${ONE}}`]: '97200x30' },
    at: '20m',
    fires: [{ severity: 'warning', job: 'lyceum' }],
    says: 'the newest backup is 1d 3h 0m 0s old'
  },
  {
    name: 'not long ago',
    alert: 'LyceumBackupOld',
    series: { [`lyceum_backup_set_age_seconds{${ONE}}`]: '90000x30' },
    at: '20m',
    fires: []
  },
  {
    name: 'was long ago',
    alert: 'LyceumBackupOld',
    series: { [`lyceum_backup_set_age_seconds{${ONE}}`]: '97200x20 60x20' },
    at: '35m',
    fires: []
  },
  { name: 'Lyceum makes none', alert: 'LyceumBackupOld', series: { [up]: '1x30' }, at: '20m', fires: [] },

  {
    name: 'too long ago',
    alert: 'LyceumBackupUnproven',
    series: { [`lyceum_backup_proof_age_seconds{${ONE}}`]: '111600x30' },
    at: '20m',
    fires: [{ severity: 'warning', job: 'lyceum' }],
    says: 'no backup was proven by restoring it for 1d 7h 0m 0s'
  },
  {
    name: 'not long ago',
    alert: 'LyceumBackupUnproven',
    series: { [`lyceum_backup_proof_age_seconds{${ONE}}`]: '104400x30' },
    at: '20m',
    fires: []
  },
  {
    name: 'was long ago',
    alert: 'LyceumBackupUnproven',
    series: { [`lyceum_backup_proof_age_seconds{${ONE}}`]: '111600x20 60x20' },
    at: '35m',
    fires: []
  },
  { name: 'Lyceum makes none', alert: 'LyceumBackupUnproven', series: { [up]: '1x30' }, at: '20m', fires: [] },

  {
    name: 'too long ago',
    alert: 'LyceumArchiveLags',
    series: { [`lyceum_backup_archive_lag_seconds{${ONE}}`]: '960x30' },
    at: '20m',
    fires: [{ severity: 'warning', job: 'lyceum' }],
    says: 'the log of the database was last archived 16m 0s ago: so much would be lost'
  },
  {
    name: 'not long ago',
    alert: 'LyceumArchiveLags',
    series: { [`lyceum_backup_archive_lag_seconds{${ONE}}`]: '840x30' },
    at: '20m',
    fires: []
  },
  {
    name: 'was long ago',
    alert: 'LyceumArchiveLags',
    series: { [`lyceum_backup_archive_lag_seconds{${ONE}}`]: '960x20 60x20' },
    at: '35m',
    fires: []
  },
  { name: 'Lyceum makes none', alert: 'LyceumArchiveLags', series: { [up]: '1x30' }, at: '20m', fires: [] },

  {
    name: 'too long ago',
    alert: 'LyceumArchiveStands',
    series: { [`lyceum_backup_archive_lag_seconds{${ONE}}`]: '2760x30' },
    at: '20m',
    fires: [{ severity: 'critical', job: 'lyceum' }],
    says: 'the log of the database was last archived 46m 0s ago: so much would be lost'
  },
  {
    name: 'not long ago',
    alert: 'LyceumArchiveStands',
    series: { [`lyceum_backup_archive_lag_seconds{${ONE}}`]: '2640x30' },
    at: '20m',
    fires: []
  },
  {
    name: 'was long ago',
    alert: 'LyceumArchiveStands',
    series: { [`lyceum_backup_archive_lag_seconds{${ONE}}`]: '2760x20 60x20' },
    at: '35m',
    fires: []
  },
  { name: 'Lyceum makes none', alert: 'LyceumArchiveStands', series: { [up]: '1x30' }, at: '20m', fires: [] },

  {
    name: 'no process reaches it',
    alert: 'LyceumRedisDown',
    series: { [`lyceum_redis_up{${ONE}}`]: '1x5 0x20' },
    at: '15m',
    fires: [{ severity: 'warning', job: 'lyceum' }],
    says: 'no process reaches Redis; everything goes on, slower'
  },
  {
    name: 'one of two reaches it',
    alert: 'LyceumRedisDown',
    series: { [`lyceum_redis_up{${ONE}}`]: '0x20', 'lyceum_redis_up{job="lyceum", instance="b"}': '1x20' },
    at: '15m',
    fires: []
  },
  {
    name: 'it came back',
    alert: 'LyceumRedisDown',
    series: { [`lyceum_redis_up{${ONE}}`]: '1x5 0x10 1x20' },
    at: '30m',
    fires: []
  },
  { name: 'none is used', alert: 'LyceumRedisDown', series: { [up]: '1x20' }, at: '15m', fires: [] },

  {
    name: 'no process reaches it',
    alert: 'LyceumBrokerDown',
    series: { [`lyceum_broker_up{${ONE}}`]: '1x5 0x20' },
    at: '15m',
    fires: [{ severity: 'warning', job: 'lyceum' }],
    says: 'no process reaches RabbitMQ; events wait in the database'
  },
  {
    name: 'one of two reaches it',
    alert: 'LyceumBrokerDown',
    series: { [`lyceum_broker_up{${ONE}}`]: '0x20', 'lyceum_broker_up{job="lyceum", instance="b"}': '1x20' },
    at: '15m',
    fires: []
  },
  {
    name: 'it came back',
    alert: 'LyceumBrokerDown',
    series: { [`lyceum_broker_up{${ONE}}`]: '1x5 0x10 1x20' },
    at: '30m',
    fires: []
  },
  { name: 'none is used', alert: 'LyceumBrokerDown', series: { [up]: '1x20' }, at: '15m', fires: [] },

  {
    name: 'requests wait',
    alert: 'LyceumWaitsForConnections',
    series: { [`lyceum_database_connections{${ONE}, state="waiting"}`]: '1x20' },
    at: '10m',
    fires: one('warning', { state: 'waiting' }),
    says: 'requests of user at a wait for a database connection'
  },
  {
    name: 'no request waits',
    alert: 'LyceumWaitsForConnections',
    series: {
      [`lyceum_database_connections{${ONE}, state="waiting"}`]: '0x20',
      [`lyceum_database_connections{${ONE}, state="open"}`]: '10x20'
    },
    at: '10m',
    fires: []
  },
  {
    name: 'requests waited',
    alert: 'LyceumWaitsForConnections',
    series: { [`lyceum_database_connections{${ONE}, state="waiting"}`]: '1x10 0x20' },
    at: '20m',
    fires: []
  },
  { name: 'no pool is measured', alert: 'LyceumWaitsForConnections', series: { [up]: '1x20' }, at: '10m', fires: [] },

  {
    name: 'busy for 300 ms',
    alert: 'LyceumEventLoopLags',
    series: { [`nodejs_eventloop_lag_p99_seconds{${ONE}}`]: '0.3x20' },
    at: '10m',
    fires: one('warning'),
    says: 'user at a is too busy to listen for 300ms'
  },
  {
    name: 'busy for 20 ms',
    alert: 'LyceumEventLoopLags',
    series: { [`nodejs_eventloop_lag_p99_seconds{${ONE}}`]: '0.02x20' },
    at: '10m',
    fires: []
  },
  {
    name: 'was busy',
    alert: 'LyceumEventLoopLags',
    series: { [`nodejs_eventloop_lag_p99_seconds{${ONE}}`]: '0.3x10 0.01x20' },
    at: '20m',
    fires: []
  },
  { name: 'no event loop is measured', alert: 'LyceumEventLoopLags', series: { [up]: '1x20' }, at: '10m', fires: [] }
]
