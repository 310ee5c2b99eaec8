import { globSync, readFileSync } from 'node:fs'

/** Every workspace and the workspaces its package.json names: the module graph, declared where npm looks for it. */
const workspaces = globSync('{platform,modules/*,client,apps/*}/package.json').map((file) => {
  const { name, dependencies = {} } = JSON.parse(readFileSync(file, 'utf8'))
  return {
    name,
    folder: file.replace('/package.json', ''),
    needs: Object.keys(dependencies).filter((need) => need.startsWith('@lyceum/'))
  }
})
const folderOf = (name) => workspaces.find((workspace) => workspace.name === name).folder

function refuseCycles(name, trail = []) {
  if (trail.includes(name)) throw new Error(`Modules in a circle: ${[...trail, name].join(' → ')}`)
  for (const need of workspaces.find((workspace) => workspace.name === name).needs) refuseCycles(need, [...trail, name])
}
for (const { name } of workspaces) refuseCycles(name)

/** Tests and what only tests use stand outside the architecture: they look at it from every side. */
const TESTS = '([.]test[.]tsx?$|/testing/|-fixture[.]ts$)'

const edgesAreDeclared = workspaces.map(({ folder, needs }) => ({
  name: 'edges-are-declared',
  severity: 'error',
  comment: `Name the other workspace in ${folder}/package.json: those lists are the module graph.`,
  from: { path: `^${folder}/`, pathNot: TESTS },
  to: {
    path: '^(platform|modules|client|apps)/',
    pathNot: [folder, ...needs.map(folderOf)].map((allowed) => `^${allowed}/`)
  }
}))

/** The architecture, as rules. Each comment says what to do when it stops you. */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one file, or three.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }
    },
    {
      name: 'platform-knows-no-lyceum',
      severity: 'error',
      comment: 'platform/ says how things run. Words such as course belong in a module.',
      from: { path: '^platform/', pathNot: TESTS },
      to: { path: '^(modules|client|apps)/' }
    },
    {
      name: 'modules-meet-at-contracts',
      severity: 'error',
      comment: 'Another module is reached through its contract (a call or an event), never its code or tables.',
      from: { path: '^modules/([^/]+)/', pathNot: TESTS },
      to: { path: '^modules/', pathNot: ['^modules/$1/', '^modules/[^/]+/src/contract[.]ts$'] }
    },
    ...edgesAreDeclared,
    {
      name: 'contracts-run-in-a-browser',
      severity: 'error',
      comment: 'A contract is schemas and names. Move the logic to the module.',
      from: { path: '^(modules/[^/]+/src/contract|platform/src/(contract/.+|system/contract))[.]ts$' },
      to: { pathNot: ['^platform/src/contract/', '^modules/[^/]+/src/contract[.]ts$', '^node_modules/typebox/'] }
    },
    {
      name: 'rules-do-no-io',
      severity: 'error',
      comment: 'A noun file (course/course.ts) holds pure rules. SQL and calls live in use cases.',
      from: { path: '^modules/[^/]+/src/([^/]+)/\\1[.]ts$' },
      to: {
        path: '^(node_modules/(pg|fastify|graphile-worker)/|platform/src/(db|jobs|events|http|storage)/|node:(fs|http|net|child_process))',
        pathNot: ['^platform/src/db/page[.]ts$'],
        dependencyTypesNot: ['type-only']
      }
    },
    {
      name: 'use-cases-know-no-http',
      severity: 'error',
      comment: 'Fastify ends in platform/http; the pool ends in platform/db.',
      from: { path: '^modules/', pathNot: TESTS },
      to: { path: '^node_modules/(fastify|@fastify|pg|graphile-worker)/' }
    },
    {
      name: 'across-tenants-by-name',
      severity: 'error',
      comment: 'Work that sees every tenant is named here, file by file. Anything else runs inside one tenant.',
      from: {
        path: '^(modules|apps)/',
        pathNot: [
          TESTS,
          '^modules/user/src/(tenant/.+|sign-in/revocation-list|activity/activity-count|services)[.]ts$',
          '^apps/server/src/(health|compose|surroundings|backup/watch-backups)[.]ts$'
        ]
      },
      to: { path: '^platform/src/db/(installation-transaction|database)[.]ts$', dependencyTypesNot: ['type-only'] }
    },
    {
      name: 'modules-are-wired-once',
      severity: 'error',
      comment: 'Only the composition root imports module.ts.',
      from: { pathNot: ['^apps/server/src/', TESTS] },
      to: { path: '^(modules/[^/]+|platform)/src/(system/)?module[.]ts$', pathNot: '^platform/src/module/' }
    },
    {
      name: 'web-speaks-contract',
      severity: 'error',
      comment: 'The browser imports the client, and types of contracts; nothing else of the server.',
      from: { path: '^apps/web/', pathNot: TESTS },
      to: {
        path: '^(modules|platform|apps/server|apps/cli)/',
        pathNot: ['^modules/[^/]+/src/contract[.]ts$', '^platform/src/(contract/|system/contract)']
      }
    },
    {
      name: 'features-stand-alone',
      severity: 'error',
      comment: 'Screens of two features meet in routes.tsx; what they share belongs to ui/ or shell/.',
      from: { path: '^apps/web/src/features/([^/]+)/', pathNot: TESTS },
      to: { path: '^apps/web/src/features/', pathNot: '^apps/web/src/features/$1/' }
    },
    {
      name: 'ui-knows-no-route',
      severity: 'error',
      comment: 'ui/ is the design system: it knows no route, no session and no contract.',
      from: { path: '^apps/web/src/ui/', pathNot: TESTS },
      to: { path: '^(apps/web/src/(features|shell|routes|path)|modules/)' }
    },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      comment: 'Share through a testing/ folder, not through test files.',
      from: {},
      to: { path: '[.]test[.]tsx?$' }
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nobody imports it: delete it.',
      from: { orphan: true, pathNot: ['[.]d[.]ts$', TESTS, '[.]config[.]m?[jt]s$', '^apps/[^/]+/scripts/'] },
      to: {}
    }
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    exclude: { path: '(^|/)dist/' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node'],
      extensions: ['.ts', '.tsx', '.js']
    }
  }
}
