import * as gateway from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1'
import * as apps from 'kubernetes-models/apps/v1'
import * as autoscaling from 'kubernetes-models/autoscaling/v2'
import * as batch from 'kubernetes-models/batch/v1'
import * as coordination from 'kubernetes-models/coordination.k8s.io/v1'
import * as networking from 'kubernetes-models/networking.k8s.io/v1'
import * as policy from 'kubernetes-models/policy/v1'
import * as rbac from 'kubernetes-models/rbac.authorization.k8s.io/v1'
import * as core from 'kubernetes-models/v1'
import { kindOf, type Manifest, nameOf } from '../manifest.ts'

const groups: Readonly<Record<string, object>> = {
  v1: core,
  'apps/v1': apps,
  'autoscaling/v2': autoscaling,
  'batch/v1': batch,
  'coordination.k8s.io/v1': coordination,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
  'rbac.authorization.k8s.io/v1': rbac,
  'gateway.networking.k8s.io/v1': gateway
}

/** What the API's own schema says of an object. @returns null when nothing is wrong */
export function schemaFault(manifest: Manifest): string | null {
  const model: unknown = Reflect.get(groups[String(manifest.apiVersion)] ?? {}, kindOf(manifest))
  if (typeof model !== 'function') return `There is no ${String(manifest.apiVersion)} ${kindOf(manifest)}`
  try {
    const object: unknown = Reflect.construct(model, [manifest])
    if (typeof object === 'object' && object !== null && 'validate' in object && typeof object.validate === 'function')
      object.validate()
    return null
  } catch (error) {
    return `${kindOf(manifest)} ${nameOf(manifest)}: ${error instanceof Error ? error.message : String(error)}`
  }
}
