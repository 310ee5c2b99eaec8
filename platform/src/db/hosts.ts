const PARTS = /^([a-z]+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/is

/** One address for each host of a list: `postgres://u@h1:5432,h2/db` is `postgres://u@h1:5432/db` and `postgres://u@h2/db`. */
export function addressesOf(url: string): string[] {
  const [, head = '', hosts = '', rest = ''] = PARTS.exec(url) ?? []
  return hosts.includes(',') ? hosts.split(',').map((host) => `${head}${host.trim()}${rest}`) : [url]
}

/** The same server, or list of servers, as somebody else. */
export function loginAs(url: string, user: string, password: string): string {
  const [, head = '', hosts = '', rest = ''] = PARTS.exec(url) ?? []
  const scheme = head.slice(0, head.indexOf('//') + 2)
  return `${scheme}${encodeURIComponent(user)}:${encodeURIComponent(password)}@${hosts}${rest}`
}
