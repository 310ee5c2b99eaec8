import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'

export interface FileServer extends TestServer {
  readonly origin: string
  /** A request over a real connection, as this person of this school, or as anyone. */
  ask(path: string, school: TestSchool, person: TestPerson | null, init?: RequestInit): Promise<Response>
  /** A whole upload in one request (tus creation-with-upload). */
  send(name: string, bytes: string | Buffer, school: TestSchool, person: TestPerson): Promise<Response>
  /** The same, answering the file's id. */
  sendFile(name: string, bytes: string | Buffer, school: TestSchool, person: TestPerson): Promise<string>
}

/** The product on a real port: uploads and downloads are streams, which `inject` has none of. */
export async function startFileServer(env: Readonly<Record<string, string>> = {}, home?: string): Promise<FileServer> {
  const server = await startTestServer({ env, ...(home === undefined ? {} : { home }) })
  const origin = await server.app.listen({ port: 0, host: '127.0.0.1' })

  const ask: FileServer['ask'] = (path, school, person, init = {}) =>
    fetch(new URL(path, origin), {
      ...init,
      headers: {
        'x-lyceum-tenant': school.slug,
        ...(person ? { authorization: `Bearer ${person.token}` } : {}),
        ...init.headers
      }
    })
  const send: FileServer['send'] = (name, bytes, school, person) =>
    ask('/api/v1/uploads', school, person, {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(Buffer.byteLength(bytes)),
        'upload-metadata': `filename ${Buffer.from(name).toString('base64')},filetype ${Buffer.from('image/png').toString('base64')}`,
        'content-type': 'application/offset+octet-stream'
      },
      body: typeof bytes === 'string' ? bytes : new Uint8Array(bytes)
    })
  return {
    ...server,
    origin,
    ask,
    send,
    sendFile: async (name, bytes, school, person) => {
      const answer = await send(name, bytes, school, person)
      if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
      return idOf(answer.headers.get('location'))
    }
  }
}

export const idOf = (location: string | null | undefined): string => location?.split('/').at(-1) ?? ''
