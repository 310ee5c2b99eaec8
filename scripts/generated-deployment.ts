import { fileURLToPath } from 'node:url'
import { readModuleGraph } from '../apps/cli/src/render/module-graph.ts'
import { renderDefaults } from '../apps/cli/src/render/render.ts'

/** deploy/: what `lyceum config render` writes for the default deployment; `npm test` fails when the committed files differ. */
export const generatedDeployment = () =>
  renderDefaults(readModuleGraph()).map(({ path, text }) => ({
    path: fileURLToPath(new URL(`../deploy/${path}`, import.meta.url)),
    text
  }))
