import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { at, listAt } from '../../../render/manifest.ts'

/**
 * Where a request goes by the rules of an HTTPRoute, as the Gateway API says: the most particular path first, then the most
 * headers, then the first rule. `draw`, from 0 to 1, chooses by weight.
 * @returns the Service, and the headers that were set for it
 */
export function routed(
  route: unknown,
  path: string,
  headers: IncomingHttpHeaders,
  draw = Math.random()
): { readonly service: string | undefined; readonly set: Readonly<Record<string, string>> } {
  const fitting = listAt(route, 'spec', 'rules').flatMap((rule) =>
    listAt(rule, 'matches')
      .filter((match) => fits(match, path, headers))
      .map((match) => ({
        rule,
        exact: at(match, 'path', 'type') === 'Exact',
        headers: listAt(match, 'headers').length
      }))
  )
  const [best] = fitting.toSorted((one, two) => Number(two.exact) - Number(one.exact) || two.headers - one.headers)
  const backends = listAt(best?.rule, 'backendRefs').map((ref) => ({
    name: String(at(ref, 'name')),
    weight: Number(at(ref, 'weight') ?? 1)
  }))
  let left = draw * backends.reduce((sum, { weight }) => sum + weight, 0)
  const service = backends.find(({ weight }) => {
    left -= weight
    return left < 0
  })?.name
  const set = listAt(best?.rule, 'filters').flatMap((filter) => listAt(filter, 'requestHeaderModifier', 'set'))
  return { service, set: Object.fromEntries(set.map((one) => [String(at(one, 'name')), String(at(one, 'value'))])) }
}

function fits(match: unknown, path: string, headers: IncomingHttpHeaders): boolean {
  const wanted = String(at(match, 'path', 'value'))
  if (at(match, 'path', 'type') === 'Exact' ? path !== wanted : !path.startsWith(wanted)) return false
  return listAt(match, 'headers').every((header) => {
    const given = headers[String(at(header, 'name'))]
    const value = String(at(header, 'value'))
    if (typeof given !== 'string') return false
    // RE2 and JavaScript read what is written here alike.
    return at(header, 'type') === 'RegularExpression' ? new RegExp(value).test(given) : given === value
  })
}

/** A front door that follows a route, and answers in the name of the release to which it leads. */
export async function startGateway(route: () => unknown, releaseOf: (service: string) => string | null) {
  const server = createServer((request, response) => {
    const { service } = routed(route(), request.url ?? '/', request.headers)
    const release = service === undefined ? null : releaseOf(service)
    response.statusCode = release === null ? 503 : 200
    if (release !== null) response.setHeader('x-lyceum-release', release)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
