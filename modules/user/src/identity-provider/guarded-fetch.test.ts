import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AddressRefused, createGuardedFetch, isPrivate } from './guarded-fetch.ts'

const server = createServer((request, response) => {
  if (request.url === '/long') return response.end(Buffer.alloc(2 * 1024 * 1024))
  if (request.url === '/away') return response.writeHead(302, { location: '/' }).end()
  return response.end(JSON.stringify({ method: request.method, host: request.headers.host }))
})
let port: number
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const options = { method: 'GET', headers: {} }

describe('asking servers that a school names', () => {
  it('refuses plain http and addresses inside the network', async () => {
    const strict = createGuardedFetch({ allowHttp: false, allowPrivate: false })
    await expect(strict(`http://id.example.test/`, options)).rejects.toThrow(AddressRefused)
    const inside = createGuardedFetch({ allowHttp: true, allowPrivate: false })
    for (const host of ['127.0.0.1', '[::1]', '169.254.169.254', '[::ffff:10.0.0.1]', '2130706433', '0x7f.1'])
      await expect(inside(`http://${host}:${port}/`, options)).rejects.toThrow(AddressRefused)
  })

  it('judges a name by the address it leads to', async () => {
    const inside = createGuardedFetch({ allowHttp: true, allowPrivate: false })
    await expect(inside(`http://localhost:${port}/`, options)).rejects.toThrow(AddressRefused)
  })

  it('asks where it may, follows no redirect and reads no endless answer', async () => {
    const open = createGuardedFetch({ allowHttp: true, allowPrivate: true })
    const answer = await open(`http://127.0.0.1:${port}/`, { ...options, method: 'POST', body: 'a=b' })
    expect(await answer.json()).toMatchObject({ method: 'POST' })
    expect((await open(`http://127.0.0.1:${port}/away`, options)).status).toBe(302)
    await expect(open(`http://127.0.0.1:${port}/long`, options)).rejects.toThrow('too long')
  })

  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])('takes %s for public', (address) => {
    expect(isPrivate(address)).toBe(false)
  })

  it.each([
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    'fe80::1',
    'fd00::1',
    '::',
    '2002:7f00:1::',
    '64:ff9b::7f00:1'
  ])('takes %s for private', (address) => {
    expect(isPrivate(address)).toBe(true)
  })
})
