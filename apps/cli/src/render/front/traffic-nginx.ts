/**
 * The part of the front that a release changes: who is sent to which colour. Whoever writes it anew keeps to three names,
 * which the static part uses: the upstreams `lyceum_blue` and `lyceum_green`, and the variable `$lyceum_upstream`.
 * @param servers addresses of each colour; a colour that has none gets one that is marked as down
 */
export function nginxTraffic(servers: Readonly<Record<'blue' | 'green', readonly string[]>>): string {
  const upstream = (colour: 'blue' | 'green') => `upstream lyceum_${colour} {
  least_conn;
  zone lyceum_${colour} 128k;
${(servers[colour].length > 0 ? servers[colour] : ['127.0.0.1:9 down'])
  .map((server) => `  server ${server}${server.endsWith(' down') ? '' : ' max_fails=3 fail_timeout=10s'};`)
  .join('\n')}
  keepalive 64;
  keepalive_timeout 60s;
}`
  return `
# Changed by every release: do not keep anything of your own here.
${upstream('blue')}

${upstream('green')}

# 100 % blue. A release puts the pins and the shares of the buckets here.
map $lyceum_bucket $lyceum_upstream {
  default lyceum_blue;
}
`
}
