import type { TestSchool, TestServer } from '@lyceum/server/testing'

export interface RequestedMail {
  readonly template: string
  readonly to: string
  readonly name: string
  readonly locale: string
  readonly values: Readonly<Record<string, string>>
}

/** The messages a school has asked to be sent, oldest first. */
export async function mailsOf({ owner }: TestServer, { id }: Pick<TestSchool, 'id'>): Promise<RequestedMail[]> {
  const { rows } = await owner.query<{ payload: RequestedMail }>(
    `select payload from platform.outbox where tenant_id = $1 and name = 'user.mail-requested' order by id`,
    [id]
  )
  return rows.map(({ payload }) => payload)
}

/** The secret of the newest link of this kind sent to an address. */
export async function secretFor(
  server: TestServer,
  school: Pick<TestSchool, 'id'>,
  template: string,
  to: string
): Promise<string> {
  const mail = (await mailsOf(server, school)).findLast((one) => one.template === template && one.to === to)
  const secret = mail?.values.link?.split('/').at(-1)
  if (secret === undefined) throw new Error(`${to} got no ${template}`)
  return secret
}

export interface HeardChange {
  readonly userId: string
  readonly name: string
  readonly role: string
  readonly status: string
}

/** What the other modules were told about people, oldest first. */
export async function changesOf({ owner }: TestServer, { id }: Pick<TestSchool, 'id'>): Promise<HeardChange[]> {
  const { rows } = await owner.query<{ payload: HeardChange }>(
    `select payload from platform.outbox where tenant_id = $1 and name = 'user.person-changed' order by id`,
    [id]
  )
  return rows.map(({ payload }) => payload)
}
