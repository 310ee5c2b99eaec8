import { Counter, Gauge, type Registry } from 'prom-client'
import type { ReplicaState, Replicas } from '../db/replicas.ts'

/** How far each replica is behind, as this process sees it. One that does not answer has no lag, and is not usable. */
export function watchReplicas(registry: Registry, replicas: Replicas | undefined): void {
  const gauge = (name: string, help: string, read: (state: ReplicaState) => number | undefined) =>
    new Gauge({
      name,
      help,
      labelNames: ['replica'],
      registers: [registry],
      collect() {
        this.reset()
        for (const state of replicas?.states() ?? []) {
          const value = read(state)
          if (value !== undefined) this.set({ replica: state.name }, value)
        }
      }
    })
  gauge('lyceum_replica_lag_seconds', 'How old what a replica shows is', ({ lagSeconds }) => lagSeconds)
  gauge('lyceum_replica_lag_bytes', 'How much of the log it has yet to replay', ({ lagBytes }) => lagBytes)
  gauge('lyceum_replica_usable', 'Whether it answers reads now', ({ usable, leads }) =>
    leads ? undefined : Number(usable)
  )
  new Counter({
    name: 'lyceum_replica_reads_total',
    help: 'Reads it was asked for; those that it did not answer were answered by the primary',
    labelNames: ['replica', 'outcome'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { name, answered, failed } of replicas?.states() ?? []) {
        this.inc({ replica: name, outcome: 'answered' }, answered)
        this.inc({ replica: name, outcome: 'failed' }, failed)
      }
    }
  })
}
