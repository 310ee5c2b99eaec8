import type { Metrics } from '@lyceum/platform/metrics'
import type { Module } from '@lyceum/platform/module'
import type { RelayedEvent } from '@lyceum/platform/relay'

/**
 * What schools do, counted from the events that modules tell anyway; none of it can slow a request down. Each process
 * counts what it handed on, so their sum is the installation's.
 */
export function countBusiness(metrics: Metrics, modules: readonly Module[]): (event: RelayedEvent) => void {
  const counters = modules.flatMap(({ counters: declared }) =>
    declared.map(({ event, series, help, amount }) => ({
      name: event.name,
      amount,
      count: metrics.tenantCounter(series, help)
    }))
  )
  return (event) => {
    metrics.relayed(event)
    for (const { name, amount, count } of counters) {
      const counted = name === event.name ? amount(event.payload) : 0
      if (counted > 0) count(event.tenant_id, counted)
    }
  }
}
