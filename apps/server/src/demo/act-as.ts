import { type Client, createClient } from '@lyceum/client'
import { newId } from '@lyceum/platform/id'
import { type Entry, installationEntry, noRequest } from '@lyceum/platform/runtime'
import type { Me } from '@lyceum/user/contract'
import { userContract } from '@lyceum/user/contract'
import type { Composition } from '../compose.ts'

/** Somebody of a demo school at work: through the API like everybody, and inside the process for handing over files. */
export interface Actor {
  readonly id: string
  readonly api: Client
  readonly entry: Entry
}

export interface ActingSchool {
  readonly tenantId: string
  readonly host: string
  actAs(email: string): Promise<Actor>
}

/** @param host any host of the school, without port */
export async function actIn(product: Composition, host: string): Promise<ActingSchool> {
  const { id: tenantId } = await product.users.tenants.resolve(host, undefined)
  const users = product.runtime.runner('user', installationEntry(tenantId)).asking.call(userContract)
  return {
    tenantId,
    host,
    actAs: async (email) => {
      const { people } = await users.ensurePeople({ people: [{ name: email, email, role: 'learner' }], invite: false })
      const [person] = people
      if (!person) throw new Error(`Nobody has the address ${email}`)
      const { id, name, role } = person
      return become(product, { tenantId, host }, { id, name, role })
    }
  }
}

async function become(
  { app, users }: Composition,
  { tenantId, host }: { readonly tenantId: string; readonly host: string },
  { id, name, role }: Pick<Me, 'id' | 'name' | 'role'>
): Promise<Actor> {
  const now = users.clock.now()
  const token = await users.tokens.issue({ tenantId, userId: id, signInId: newId(), name, role, operator: false }, now)
  const { caller } = await users.tokens.read(token, now)
  const api = createClient(async ({ method, url, headers, body }) => {
    const response = await app.inject({
      method: method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE' ? method : 'GET',
      url,
      headers: { ...headers, host, authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { payload: body })
    })
    return { status: response.statusCode, body: response.body === '' ? undefined : response.json() }
  })
  return { id, api, entry: { caller, request: noRequest } }
}
