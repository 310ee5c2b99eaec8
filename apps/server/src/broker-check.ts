import { connect } from 'node:net'
import type { Config } from '@lyceum/platform/config'
import { askedSeldom } from '@lyceum/platform/in-time'

/** Whether events go through RabbitMQ: with TASKS_FORCE_INLINE reactions run before the request is answered, which no broker can. */
export const usesBroker = ({ RABBITMQ_URL, TASKS_FORCE_INLINE }: Config): boolean =>
  RABBITMQ_URL !== null && !TASKS_FORCE_INLINE

/**
 * What a process says of RabbitMQ that hands no events on itself, such as the gateway: whether it takes connections. It
 * neither signs in nor names the address, because anybody may ask for health; and however often they do, it is asked at
 * most every five seconds.
 */
export function brokerFromOutside({ RABBITMQ_URL }: Pick<Config, 'RABBITMQ_URL'>) {
  const ask = askedSeldom(() => faultOf(RABBITMQ_URL ?? ''))
  return {
    name: 'rabbitmq',
    ask: async (): Promise<void> => {
      const fault = await ask()
      if (fault !== null)
        throw new Error(
          `RabbitMQ takes no connection (${fault ?? 'silence'}). Events wait in the database until it does.`
        )
    }
  }
}

function faultOf(url: string): Promise<string | null> {
  const { hostname, port, protocol } = new URL(url)
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const socket = connect({ host: hostname, port: Number(port || (protocol === 'amqps:' ? 5671 : 5672)) })
  socket.setTimeout(3_000)
  socket.on('connect', () => resolve(null))
  socket.on('timeout', () => resolve('silence'))
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
  return promise.finally(() => socket.destroy())
}
