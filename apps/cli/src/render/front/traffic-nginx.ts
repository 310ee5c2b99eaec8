/**
 * The part of the front that a release changes: who is sent to which colour. The release tool puts its own in this place;
 * both define what the static part uses: the upstreams `lyceum_blue` and `lyceum_green`, and the variables
 * `$lyceum_upstream`, `$lyceum_set_bucket` and `$lyceum_connection`.
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

# Everybody has a bucket from 0 to 9999, for a year. Four decimal digits out of thirty-two random hexadecimal ones are as
# even as dice.
map $request_id $lyceum_random_bucket {
  default 0;
  "~^[a-f]*(?<lyceum_r1>[0-9])[a-f]*(?<lyceum_r2>[0-9])[a-f]*(?<lyceum_r3>[0-9])[a-f]*(?<lyceum_r4>[0-9])" $lyceum_r1$lyceum_r2$lyceum_r3$lyceum_r4;
}
map $cookie_lyceum_bucket $lyceum_bucket {
  default $lyceum_random_bucket;
  "~^[0-9]{1,4}$" $cookie_lyceum_bucket;
}
map $cookie_lyceum_bucket $lyceum_set_bucket {
  default "lyceum_bucket=$lyceum_bucket; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure";
  "~^[0-9]{1,4}$" "";
}
# Empty keeps the connection to the product open for the next request.
map $http_upgrade $lyceum_connection {
  default upgrade;
  "" "";
}

# 100 % blue. A release puts the pins and the shares of the buckets here.
map $lyceum_bucket $lyceum_upstream {
  default lyceum_blue;
}
`
}
