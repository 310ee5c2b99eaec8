import { stringify } from 'yaml'
import { renderCompose } from './compose/compose.ts'
import { type Deployment, defaultDeployment } from './deployment.ts'
import { renderEnvironments } from './environment-files.ts'
import { renderHaproxy } from './front/haproxy.ts'
import { renderNginx } from './front/nginx.ts'
import { renderKubernetes } from './kubernetes/kubernetes.ts'
import { renderFluentBit } from './logs/fluent-bit.ts'
import { renderGrafana } from './monitoring/dashboards.ts'
import { renderPrometheus } from './monitoring/prometheus.ts'
import { renderPgBackRest } from './pgbackrest/pgbackrest.ts'
import type { RenderedFile } from './rendered-file.ts'
import { listServices, type ModuleNode, type Service } from './service.ts'
import { renderSystemd } from './systemd/systemd.ts'

type Render = (deployment: Deployment, services: readonly Service[]) => RenderedFile[]

/** Everything that can be rendered, by the word for it; each writes into a folder of that name. */
const renderers = {
  compose: renderCompose,
  kubernetes: renderKubernetes,
  systemd: renderSystemd,
  nginx: renderNginx,
  haproxy: renderHaproxy,
  prometheus: renderPrometheus,
  grafana: renderGrafana,
  'fluent-bit': renderFluentBit,
  pgbackrest: renderPgBackRest,
  env: renderEnvironments
} as const satisfies Record<string, Render>

export type RenderKind = keyof typeof renderers
export const renderKinds = Object.keys(renderers)
export const isRenderKind = (word: string): word is RenderKind => Object.hasOwn(renderers, word)

/** The same input gives the same bytes: no clock, no chance, no machine. */
export const render = (kind: RenderKind, deployment: Deployment, modules: readonly ModuleNode[]): RenderedFile[] =>
  renderers[kind](deployment, listServices(modules))

export const renderAll = (deployment: Deployment, modules: readonly ModuleNode[]): RenderedFile[] =>
  renderKinds.filter(isRenderKind).flatMap((kind) => render(kind, deployment, modules))

/** deploy/ as it is committed: the defaults and all that follows from them. */
export const renderDefaults = (modules: readonly ModuleNode[]): RenderedFile[] => [
  { path: 'deployment.yaml', text: deploymentFile() },
  ...renderAll(defaultDeployment, modules)
]

export const deploymentFile = (): string =>
  `# What differs between installations: change it, then \`lyceum config render <kind> --from deployment.yaml --into .\`
${stringify(defaultDeployment, { lineWidth: 0 })}`
