import { hostname } from 'node:os'
import type { Clock } from '@lyceum/platform/clock'
import {
  type Holding,
  holdingOf,
  isFree,
  isHolding,
  LEASE_MS,
  type Lock,
  locked,
  lost
} from '../../release/journal/lease.ts'
import { labelsOf } from '../../render/kubernetes/labels.ts'
import { at, type Manifest } from '../../render/manifest.ts'
import type { KubernetesApi } from './api.ts'

const WHY = 'lyceum.org/holding'

/**
 * The lock as a Lease of the cluster (`coordination.k8s.io/v1`). Every change of hands raises `leaseTransitions` by a write
 * that names the version it read: of two that want to take over, one wins.
 */
export function kubernetesLock(
  api: KubernetesApi,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  clock: Clock,
  host = hostname()
): Lock {
  const folder = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  const path = `${folder}/${name}-release`

  const read = async () => {
    const lease = await api.find(path)
    return { lease, fence: Number(at(lease, 'spec', 'leaseTransitions') ?? 0), holding: readHolding(lease) }
  }
  /** @returns whether this process was the one */
  const write = (lease: Manifest | undefined, fence: number, holding: Holding | null): Promise<boolean> => {
    const object: Manifest = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        ...(lease
          ? Object(at(lease, 'metadata'))
          : { name: `${name}-release`, labels: labelsOf(name, { name: 'release-tool' }) }),
        annotations: { [WHY]: JSON.stringify(holding) }
      },
      spec: {
        holderIdentity: holding?.holder ?? '',
        leaseDurationSeconds: LEASE_MS / 1000,
        leaseTransitions: fence,
        ...(holding ? { acquireTime: micro(holding.since), renewTime: micro(clock.now().toISOString()) } : {})
      }
    }
    return lease ? api.replace(path, object) : api.create(folder, object)
  }

  return {
    status: async () => {
      const { holding } = await read()
      return isFree(holding, clock, host) ? null : holding
    },
    acquire: async (wanted) => {
      const { lease, fence: before, holding } = await read()
      if (!isFree(holding, clock, host)) throw locked(holding)
      const fence = before + 1
      const since = clock.now().toISOString()
      const mine = () => holdingOf(wanted, { host, since, now: clock.now() })
      if (!(await write(lease, fence, mine()))) {
        const now = await read()
        // Written, and the answer was lost on its way.
        const isOurs = now.fence === fence && now.holding?.since === since && now.holding.pid === process.pid
        if (!isOurs || now.holding?.host !== host) throw locked(now.holding)
      }
      const rewrite = async (number: number, next: () => Holding | null): Promise<boolean> => {
        for (;;) {
          const now = await read()
          if (now.fence !== fence) return false
          if (await write(now.lease, number, next())) return true
        }
      }
      return {
        fence,
        renew: async () => {
          if (!(await rewrite(fence, mine))) throw lost()
        },
        release: async () => {
          await rewrite(fence + 1, () => null)
        }
      }
    },
    clear: async () => {
      const { lease, fence, holding } = await read()
      if (holding !== null) await write(lease, fence + 1, null)
      return holding
    }
  }
}

function readHolding(lease: Manifest | undefined): Holding | null {
  const text = at(lease, 'metadata', 'annotations', WHY)
  if (typeof text !== 'string') return null
  const holding: unknown = JSON.parse(text)
  return isHolding(holding) ? holding : null
}

/** MicroTime of the API. */
const micro = (instant: string): string => instant.replace(/\.(\d{3})Z$/, '.$1000Z')
