import type { Deployment } from '../deployment.ts'
import { type RenderedFile, yamlFile } from '../rendered-file.ts'
import type { Service } from '../service.ts'
import { alertCases } from './alert-tests.ts'
import { type Alert, alerts } from './alerts.ts'

/** Written to Prometheus 2.42 and Alertmanager 0.25, as in Debian 12; newer ones take them too. */
export const renderPrometheus = (deployment: Deployment, services: readonly Service[]): RenderedFile[] => [
  yamlFile('prometheus/prometheus.yml', {
    global: { scrape_interval: '15s', evaluation_interval: '15s' },
    rule_files: ['alerts.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:9093'] }] }] },
    scrape_configs: [processes(services)]
  }),
  yamlFile('prometheus/prometheus-kubernetes.yml', {
    global: { scrape_interval: '15s', evaluation_interval: '15s' },
    rule_files: ['alerts.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093'] }] }] },
    scrape_configs: [pods(deployment)]
  }),
  yamlFile('prometheus/alerts.yml', { groups: [{ name: 'lyceum', rules: alerts.map(ruleOf) }] }),
  yamlFile('prometheus/alerts.test.yml', {
    rule_files: ['alerts.yml'],
    evaluation_interval: '1m',
    tests: alertCases.map(testOf)
  }),
  yamlFile('prometheus/alertmanager.yml', alertmanager(deployment))
]

/** On one server: everything in one process at 3000, and the processes of both colours where the release tool put them. */
const processes = (services: readonly Service[]) => ({
  job_name: 'lyceum',
  metrics_path: '/metrics',
  static_configs: services.map(({ name, port }) => ({ targets: [`127.0.0.1:${port}`], labels: { service: name } })),
  file_sd_configs: [{ files: ['/etc/prometheus/lyceum/*.json'] }]
})

const pods = ({ name }: Deployment) => ({
  job_name: 'lyceum',
  kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: [name] } }],
  relabel_configs: [
    { source_labels: ['__meta_kubernetes_pod_annotation_prometheus_io_scrape'], action: 'keep', regex: 'true' },
    {
      source_labels: ['__meta_kubernetes_pod_annotation_prometheus_io_path'],
      target_label: '__metrics_path__',
      regex: '(.+)'
    },
    {
      source_labels: ['__address__', '__meta_kubernetes_pod_annotation_prometheus_io_port'],
      regex: '([^:]+)(?::\\d+)?;(\\d+)',
      replacement: '$1:$2',
      target_label: '__address__'
    },
    { source_labels: ['__meta_kubernetes_pod_label_app_kubernetes_io_component'], target_label: 'service' },
    { source_labels: ['__meta_kubernetes_pod_label_lyceum_colour'], target_label: 'colour' },
    { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' }
  ]
})

const ruleOf = ({ name, expr, for: patience, severity, summary, runbook }: Alert) => ({
  alert: name,
  expr,
  for: patience,
  labels: { severity },
  annotations: { summary, runbook: addressOf(runbook) }
})

const addressOf = (runbook: string): string => `docs/operators/monitoring.md#${runbook}`

const runbookOf = (name: string): string => addressOf(alerts.find((alert) => alert.name === name)?.runbook ?? '')

function testOf({ name, series, at, alert, fires, says }: (typeof alertCases)[number]) {
  return {
    name: `${alert}: ${name}`,
    interval: '1m',
    input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
    alert_rule_test: [
      {
        eval_time: at,
        alertname: alert,
        exp_alerts: fires.map((labels) => ({
          exp_labels: labels,
          exp_annotations: { summary: says, runbook: runbookOf(alert) }
        }))
      }
    ]
  }
}

/** The chat's address is a secret: it is read from a file and appears nowhere else. */
const alertmanager = ({ hosts }: Deployment) => ({
  route: {
    receiver: 'chat',
    group_by: ['alertname'],
    group_wait: '30s',
    group_interval: '5m',
    repeat_interval: '12h',
    routes: [{ matchers: ['severity="critical"'], receiver: 'chat', repeat_interval: '1h' }]
  },
  inhibit_rules: [
    {
      source_matchers: ['alertname="LyceumDatabaseDown"'],
      target_matchers: ['alertname=~"LyceumErrors|LyceumSlow|LyceumBudget.*|LyceumEventsWait|LyceumJobsWait"']
    },
    { source_matchers: ['alertname="LyceumBudgetBurnsFast"'], target_matchers: ['alertname="LyceumBudgetBurnsSlowly"'] }
  ],
  receivers: [
    {
      name: 'chat',
      // What Slack understands, Mattermost and Rocket.Chat understand too.
      slack_configs: [
        {
          api_url_file: '/etc/alertmanager/chat-webhook',
          send_resolved: true,
          title: `{{ if eq .Status "firing" }}{{ .CommonLabels.severity | toUpper }}{{ else }}over{{ end }}: {{ .CommonLabels.alertname }} at ${hosts[0]}`,
          text: '{{ range .Alerts }}{{ .Annotations.summary }} ({{ .Annotations.runbook }})\n{{ end }}'
        }
      ]
    }
  ]
})
