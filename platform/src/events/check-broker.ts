import { Connection } from 'rabbitmq-client'

const PATIENCE_MS = 5_000

/** Signs in at RabbitMQ and leaves; makes nothing there. @throws what is wrong, in words */
export async function checkBroker(url: string): Promise<void> {
  const connection = new Connection({ url, connectionTimeout: PATIENCE_MS, retryLow: PATIENCE_MS })
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} seconds`)), PATIENCE_MS)
      connection.once('connection', () => {
        clearTimeout(timer)
        resolve()
      })
      connection.on('error', (error) => {
        clearTimeout(timer)
        reject(error instanceof Error ? error : new Error(String(error)))
      })
    })
  } finally {
    await connection.close()
  }
}
