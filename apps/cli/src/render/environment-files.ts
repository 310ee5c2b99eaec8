import { describeSettings } from '@lyceum/platform/config-reference'
import type { Deployment } from './deployment.ts'
import { commonSettings } from './environment.ts'
import { type RenderedFile, textFile } from './rendered-file.ts'
import type { Service } from './service.ts'

/** The three environments as settings of one process: development, staging, production. */
export const renderEnvironments = (deployment: Deployment, services: readonly Service[]): RenderedFile[] => [
  textFile('env/development.env', 'LYCEUM_ENV=development\nLYCEUM_HOME=./.lyceum\nPORT=3000\nLOG_FORMAT=auto'),
  ...(['staging', 'production'] as const).map((environment) => {
    const settings = commonSettings(deployment, services, {
      environment,
      home: '/var/lib/lyceum',
      address: ({ port }) => `http://127.0.0.1:${port}`,
      secretFile: (name) => `/etc/lyceum/secrets/${name}`,
      storage: 'disk',
      replicas: 1
    })
    const about = new Map(describeSettings().map((setting) => [setting.name, setting.about]))
    return textFile(
      `env/${environment}.env`,
      Object.entries(settings)
        .map(([name, value]) => {
          const told = about.get(name.replace(/_FILE$/, ''))
          return `${told ? `# ${told}\n` : ''}${name}=${/[\s<>#"']/.test(value) ? `"${value}"` : value}`
        })
        .join('\n')
    )
  })
]
