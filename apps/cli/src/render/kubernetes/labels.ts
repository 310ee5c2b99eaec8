import type { Service } from '../service.ts'

export const PART = 'app.kubernetes.io/part-of'
export const COMPONENT = 'app.kubernetes.io/component'

/** Which of the two colours a pod belongs to; added by the kustomization of the colour. */
export const COLOUR = 'lyceum-colour'

export const labelsOf = (name: string, service: Pick<Service, 'name'>): Record<string, string> => ({
  'app.kubernetes.io/name': name,
  [PART]: name,
  [COMPONENT]: service.name
})
