import type { Deployment } from '../deployment.ts'
import { IMAGES } from './images.ts'

/**
 * What stands around the product while somebody changes it: `npm run dev` outside of containers for hot reload, or the
 * service `product` for those who want nothing installed. Passwords are not secret, and ports are open to this machine only.
 */
export const developmentCompose = ({ name }: Deployment): object => ({
  name: `${name}-development`,
  services: {
    product: {
      build: { context: '../..', target: 'development' },
      command: ['dev'],
      environment: {
        LYCEUM_ENV: 'development',
        LYCEUM_HOME: '/home/node/lyceum',
        BIND_ADDRESS: '0.0.0.0',
        DATABASE_URL: 'postgres://lyceum:development@postgres:5432/lyceum',
        LOG_FORMAT: 'text'
      },
      ports: ['127.0.0.1:3000:3000'],
      volumes: [
        '../../apps:/srv/lyceum/apps',
        '../../modules:/srv/lyceum/modules',
        '../../platform:/srv/lyceum/platform',
        '../../client:/srv/lyceum/client',
        'home:/home/node/lyceum'
      ],
      depends_on: { postgres: { condition: 'service_healthy' } },
      deploy: limits('2', '2G')
    },
    postgres: {
      image: IMAGES.postgres,
      environment: {
        POSTGRES_DB: 'lyceum',
        POSTGRES_USER: 'lyceum',
        POSTGRES_PASSWORD: 'development',
        PGDATA: '/var/lib/postgresql/data/18'
      },
      ports: ['127.0.0.1:5432:5432'],
      volumes: ['postgres:/var/lib/postgresql/data'],
      healthcheck: {
        test: ['CMD', 'pg_isready', '-U', 'lyceum', '-d', 'lyceum'],
        interval: '5s',
        timeout: '5s',
        retries: 10
      },
      deploy: limits('2', '1G')
    },
    redis: {
      image: IMAGES.redis,
      ports: ['127.0.0.1:6379:6379'],
      healthcheck: { test: ['CMD', 'redis-cli', 'ping'], interval: '5s', timeout: '5s', retries: 10 },
      deploy: limits('1', '256M')
    },
    rabbitmq: {
      image: IMAGES.rabbitmq,
      hostname: 'rabbitmq',
      ports: ['127.0.0.1:5672:5672', '127.0.0.1:15672:15672'],
      healthcheck: { test: ['CMD', 'rabbitmq-diagnostics', '-q', 'ping'], interval: '10s', timeout: '15s', retries: 6 },
      deploy: limits('1', '512M')
    }
  },
  volumes: { postgres: {}, home: {} }
})

const limits = (cpus: string, memory: string) => ({ resources: { limits: { cpus, memory } } })
