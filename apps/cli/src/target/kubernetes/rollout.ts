import { at, listAt, type Manifest, nameOf } from '../../render/manifest.ts'
import { TargetRefused } from '../target-refused.ts'

/** The image a Deployment should run. */
export const imageOf = (deployment: Manifest): string =>
  String(at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image') ?? '')

export const wantedOf = (deployment: Manifest): number => Number(at(deployment, 'spec', 'replicas') ?? 1)

/**
 * Whether everything of a Deployment is as its specification says, by the same rules as `kubectl rollout status`.
 * @throws TargetRefused when the controller has given up
 */
export function isRolledOut(deployment: Manifest): boolean {
  const status = (name: string) => Number(at(deployment, 'status', name) ?? 0)
  // What is said about an older generation says nothing about this one.
  if (status('observedGeneration') < Number(at(deployment, 'metadata', 'generation'))) return false
  const stuck = listAt(deployment, 'status', 'conditions').find(
    (condition) => at(condition, 'type') === 'Progressing' && at(condition, 'reason') === 'ProgressDeadlineExceeded'
  )
  if (stuck !== undefined)
    throw new TargetRefused(
      'target.not-ready',
      `${nameOf(deployment)} did not come up: ${String(at(stuck, 'message'))} kubectl describe deployment/${nameOf(deployment)} says why.`
    )
  const wanted = wantedOf(deployment)
  return status('updatedReplicas') === wanted && status('replicas') === wanted && status('availableReplicas') === wanted
}

export const isReadyPod = (pod: Manifest): boolean =>
  at(pod, 'metadata', 'deletionTimestamp') === undefined &&
  listAt(pod, 'status', 'conditions').some(
    (condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True'
  )

export const restartsOf = (pod: Manifest): number =>
  listAt(pod, 'status', 'containerStatuses').reduce(
    (sum: number, container) => sum + Number(at(container, 'restartCount') ?? 0),
    0
  )
