import { systemClock } from '@lyceum/platform/clock'
import { kubernetesApi } from './api.ts'
import { kubernetesJournals } from './journal.ts'
import { readKubernetesSettings } from './kubernetes-settings.ts'
import { type KubernetesTarget, kubernetesTarget } from './kubernetes-target.ts'
import { kubernetesLock } from './lease.ts'

/**
 * The installation in a cluster that `<root>/target.json` describes, with its journals and its lock.
 * @throws TargetRefused `target.settings`, naming every fault
 */
export function openKubernetesTarget(root: string): KubernetesTarget {
  const settings = readKubernetesSettings(root)
  const api = kubernetesApi(settings.api)
  return {
    ...kubernetesTarget(settings, api),
    keeping: { journals: kubernetesJournals(api, settings), lock: kubernetesLock(api, settings, systemClock) }
  }
}
