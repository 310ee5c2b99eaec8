import type { UserContext } from '../context.ts'

/**
 * Where links in mail lead. The Host header of a request is believed only when it names the school: otherwise whoever asks
 * for somebody's password reset could choose where that link goes.
 * @param publicUrl how people reach the installation, for jobs and for schools of other hosts
 */
export async function schoolOrigin(
  { tx, request }: Pick<UserContext, 'tx' | 'request'>,
  publicUrl: string
): Promise<string> {
  const rows = await tx.selectFrom('user.tenant_host').select('host').orderBy('host').execute()
  const hosts = rows.map(({ host }) => host)
  const asked = URL.canParse(request.origin) ? new URL(request.origin) : undefined
  if (asked && hosts.includes(asked.hostname)) return asked.origin
  return originAt(publicUrl, hosts)
}

/** The installation's own address if it is one of `hosts`, else the first of them with the same scheme and port. */
export function originAt(publicUrl: string, hosts: readonly string[]): string {
  const url = new URL(publicUrl)
  const [first] = hosts
  if (first !== undefined && !hosts.includes(url.hostname)) url.hostname = first
  return url.origin
}
