import { jsonFile, type RenderedFile } from '../rendered-file.ts'

interface Panel {
  readonly title: string
  readonly unit: 'short' | 's' | 'percentunit' | 'bytes' | 'reqps'
  /** Legend and expression. */
  readonly queries: Readonly<Record<string, string>>
  readonly kind?: 'timeseries' | 'stat' | 'table'
}

interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
}

const OURS = 'job="lyceum", service=~"$service"'
const duration = 'lyceum_http_request_duration_seconds'
const rate = (metric: string, more = '') => `rate(${metric}{${OURS}${more}}[$__rate_interval])`

/** What a person looks at: at a glance, one process, what happens outside requests, and what schools do. */
export const dashboards: readonly Dashboard[] = [
  {
    uid: 'lyceum-overview',
    title: 'Lyceum: at a glance',
    panels: [
      {
        title: 'Error budget left of 30 days at 99.9 %',
        unit: 'percentunit',
        kind: 'stat',
        queries: {
          left: `1 - (sum(increase(lyceum_http_errors_total{job="lyceum", synthetic=""}[30d])) or vector(0)) / (0.001 * sum(increase(${duration}_count{job="lyceum", synthetic=""}[30d])))`
        }
      },
      {
        title: 'Backups: what a loss would cost',
        unit: 's',
        kind: 'stat',
        queries: {
          'would be lost': 'max(lyceum_backup_rpo_seconds{job="lyceum"})',
          'until back': 'max(lyceum_backup_rto_seconds{job="lyceum"})',
          'since it was proven': 'max(lyceum_backup_proof_age_seconds{job="lyceum"})'
        }
      },
      {
        title: 'Processes that answer',
        unit: 'short',
        kind: 'stat',
        queries: { up: 'sum by (service) (up{job="lyceum"})' }
      },
      {
        title: 'Requests',
        unit: 'reqps',
        queries: { '{{service}} {{release}}': `sum by (service, release) (${rate(`${duration}_count`)})` }
      },
      {
        title: 'Share of errors, by release',
        unit: 'percentunit',
        queries: {
          '{{release}}': `(sum by (release) (${rate('lyceum_http_errors_total')}) or 0 * sum by (release) (${rate(`${duration}_count`)})) / sum by (release) (${rate(`${duration}_count`)})`
        }
      },
      {
        title: 'Time to answer',
        unit: 's',
        queries: Object.fromEntries(
          [0.5, 0.95, 0.99].map((share) => [
            `p${share * 100}`,
            `histogram_quantile(${share}, sum by (le) (${rate(`${duration}_bucket`)}))`
          ])
        )
      },
      {
        title: 'Slowest routes (p95)',
        unit: 's',
        kind: 'table',
        queries: {
          '{{method}} {{route}}': `topk(10, histogram_quantile(0.95, sum by (le, method, route) (${rate(`${duration}_bucket`)})))`
        }
      },
      {
        title: 'Routes with errors',
        unit: 'reqps',
        kind: 'table',
        queries: {
          '{{method}} {{route}} {{status}}': `topk(10, sum by (method, route, status) (${rate('lyceum_http_errors_total')}))`
        }
      },
      {
        title: 'Requests being answered',
        unit: 'short',
        queries: { '{{service}}': `sum by (service) (lyceum_http_active_requests{${OURS}})` }
      },
      {
        title: 'Clients that went away',
        unit: 'reqps',
        queries: { '{{service}}': `sum by (service) (${rate('lyceum_http_aborted_total')})` }
      },
      {
        title: 'Open connections',
        unit: 'short',
        queries: { '{{service}}': `sum by (service) (lyceum_http_connections{${OURS}})` }
      }
    ]
  },
  {
    uid: 'lyceum-processes',
    title: 'Lyceum: processes',
    panels: [
      { title: 'CPU', unit: 'percentunit', queries: { '{{service}} {{instance}}': rate('process_cpu_seconds_total') } },
      {
        title: 'Memory',
        unit: 'bytes',
        queries: { '{{service}} {{instance}}': `process_resident_memory_bytes{${OURS}}` }
      },
      { title: 'Heap', unit: 'bytes', queries: { '{{service}} {{instance}}': `nodejs_heap_size_used_bytes{${OURS}}` } },
      {
        title: 'Event loop, p99',
        unit: 's',
        queries: { '{{service}} {{instance}}': `nodejs_eventloop_lag_p99_seconds{${OURS}}` }
      },
      {
        title: 'Garbage collection',
        unit: 'percentunit',
        queries: { '{{service}} {{kind}}': `sum by (service, kind) (${rate('nodejs_gc_duration_seconds_sum')})` }
      },
      { title: 'Open files', unit: 'short', queries: { '{{service}} {{instance}}': `process_open_fds{${OURS}}` } },
      {
        title: 'Starts within an hour',
        unit: 'short',
        queries: { '{{service}} {{instance}}': `changes(process_start_time_seconds{${OURS}}[1h])` }
      },
      {
        title: 'Database connections',
        unit: 'short',
        queries: {
          '{{service}} {{pool}} {{state}}': `sum by (service, pool, state) (lyceum_database_connections{${OURS}})`
        }
      },
      {
        title: 'Database reached',
        unit: 'short',
        queries: { '{{service}} {{instance}}': `lyceum_database_up{${OURS}}` }
      },
      {
        title: 'Cache, share of hits',
        unit: 'percentunit',
        queries: {
          '{{kind}}': `sum by (kind) (${rate('lyceum_cache_total', ', outcome=~"hit|shared"')}) / sum by (kind) (${rate('lyceum_cache_total', ', outcome!="forgotten"')})`
        }
      },
      {
        title: 'Redis and RabbitMQ reached',
        unit: 'short',
        queries: {
          'Redis {{service}} {{instance}}': `lyceum_redis_up{${OURS}}`,
          'RabbitMQ {{service}} {{instance}}': `lyceum_broker_up{${OURS}}`
        }
      },
      { title: 'Memory of Redis', unit: 'bytes', queries: { used: 'max(lyceum_redis_memory_bytes{job="lyceum"})' } },
      {
        title: 'Disk used',
        unit: 'percentunit',
        queries: { '{{service}} {{instance}}': `lyceum_disk_used_ratio{${OURS}}` }
      }
    ]
  },
  {
    uid: 'lyceum-jobs',
    title: 'Lyceum: jobs and events',
    panels: [
      { title: 'Jobs', unit: 'short', queries: { '{{state}}': 'max by (state) (lyceum_jobs{job="lyceum"})' } },
      {
        title: 'Oldest job that is due',
        unit: 's',
        queries: { waits: 'max(lyceum_jobs_oldest_seconds{job="lyceum"})' }
      },
      {
        title: 'Events to be handed on',
        unit: 'short',
        queries: { events: 'max(lyceum_events_waiting{job="lyceum"})' }
      },
      { title: 'Oldest event', unit: 's', queries: { waits: 'max(lyceum_events_oldest_seconds{job="lyceum"})' } },
      {
        title: 'Oldest job of its kind',
        unit: 's',
        queries: { '{{task}}': 'max by (task) (lyceum_jobs_of_task_oldest_seconds{job="lyceum"})' }
      },
      {
        title: 'Messages in RabbitMQ',
        unit: 'short',
        queries: { '{{queue}} {{state}}': 'max by (queue, state) (lyceum_broker_messages{job="lyceum"})' }
      },
      {
        title: 'Reactions given up',
        unit: 'short',
        queries: { events: 'max(lyceum_events_dead{job="lyceum"})' }
      },
      {
        title: 'Time until an event is handed on (p95)',
        unit: 's',
        queries: {
          p95: 'histogram_quantile(0.95, sum by (le) (rate(lyceum_events_lag_seconds_bucket{job="lyceum"}[$__rate_interval])))'
        }
      },
      {
        title: 'Events handed on',
        unit: 'reqps',
        queries: { '{{event}}': 'sum by (event) (rate(lyceum_events_relayed_total{job="lyceum"}[$__rate_interval]))' }
      }
    ]
  },
  {
    uid: 'lyceum-schools',
    title: 'Lyceum: what schools do',
    panels: [
      ['New accounts', 'lyceum_registrations_total', 'short'],
      ['Enrolments', 'lyceum_enrolments_total', 'short'],
      ['Courses completed', 'lyceum_course_completions_total', 'short'],
      ['Courses uploaded', 'lyceum_course_uploads_total', 'short'],
      ['Bytes of those courses', 'lyceum_course_upload_bytes_total', 'bytes'],
      ['Files uploaded', 'lyceum_uploads_total', 'short'],
      ['Bytes uploaded', 'lyceum_upload_bytes_total', 'bytes']
    ].flatMap(([title = '', metric = '', unit]): Panel[] => [
      {
        title: `${title} in a day`,
        unit: unit === 'bytes' ? 'bytes' : 'short',
        queries: { '{{tenant}}': `topk(10, sum by (tenant) (increase(${metric}{job="lyceum"}[1d])))` }
      }
    ])
  }
]

/** Grafana reads them from a folder that provisioning.yaml names. */
export const renderGrafana = (): RenderedFile[] => [
  ...dashboards.map((dashboard) => jsonFile(`grafana/${dashboard.uid}.json`, dashboardJson(dashboard))),
  {
    path: 'grafana/provisioning.yaml',
    text: `apiVersion: 1
providers:
  - name: lyceum
    folder: Lyceum
    type: file
    allowUiUpdates: false
    options:
      path: /etc/grafana/dashboards/lyceum
`
  }
]

const COLUMNS = 2

const dashboardJson = ({ uid, title, panels }: Dashboard) => ({
  uid,
  title,
  tags: ['lyceum'],
  schemaVersion: 39,
  editable: false,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  templating: {
    list: [
      { name: 'datasource', type: 'datasource', query: 'prometheus' },
      {
        name: 'service',
        type: 'query',
        datasource: { type: 'prometheus', uid: '$datasource' },
        query: { query: 'label_values(lyceum_http_active_requests{job="lyceum"}, service)', refId: 'services' },
        includeAll: true,
        multi: true,
        allValue: '.*',
        current: { text: 'All', value: '$__all' }
      }
    ]
  },
  panels: panels.map(({ title: name, unit, kind = 'timeseries', queries }, at) => ({
    id: at + 1,
    title: name,
    type: kind,
    datasource: { type: 'prometheus', uid: '$datasource' },
    gridPos: { w: 24 / COLUMNS, h: 8, x: (at % COLUMNS) * (24 / COLUMNS), y: Math.floor(at / COLUMNS) * 8 },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: Object.entries(queries).map(([legendFormat, expr], query) => ({
      refId: String.fromCharCode(65 + query),
      expr,
      legendFormat,
      instant: kind !== 'timeseries',
      ...(kind === 'table' ? { format: 'table' } : {})
    }))
  }))
})
