import { type Instance, instancesOf, type Places } from '../host-settings.ts'

/** The link in `<root>/traffic` that says who is sent where; nginx reads it at every request. */
export const NOW = 'now'
/** Names of the folders it leads to: the whole of the traffic in words that the maps below compare. */
export const FOLDER = {
  stable: 'stable=',
  limit: 'limit=',
  blue: 'blue=',
  green: 'green=',
  out: 'out='
} as const

/**
 * `lyceum-traffic.conf`, for the `http` level: upstreams and the maps that choose between them. `server` passes requests
 * to `http://$lyceum_upstream` and sends `Set-Cookie: $lyceum_set_bucket`; it sets no `root` of its own.
 *
 * Nothing in it changes while releases come and go. What changes is a symbolic link, and `$realpath_root` is where it
 * leads: so a shift needs no reload, which would cut idle connections under the hands of whoever is about to use them.
 */
export function nginxConfig(settings: Places): string {
  const blue = instancesOf(settings, 'blue')
  const green = instancesOf(settings, 'green')
  const replaceable = settings.instances > 1 ? [...blue, ...green] : []
  return `# Written by the release tool from target.json; do not edit.
root ${settings.root}/traffic/${NOW};

${upstreams('blue', blue, green)}
${upstreams('green', green, blue)}
# A browser keeps its bucket; one without gets one at random: the first four decimal digits of 32 random hex digits.
map $request_id $lyceum_random_bucket {
  "~^[a-f]*(?<lyceum_r1>[0-9])[a-f]*(?<lyceum_r2>[0-9])[a-f]*(?<lyceum_r3>[0-9])[a-f]*(?<lyceum_r4>[0-9])" "$lyceum_r1$lyceum_r2$lyceum_r3$lyceum_r4";
  default "0000";
}
map $cookie_lyceum_bucket $lyceum_known_bucket {
  "~^[0-9]{4}$" $cookie_lyceum_bucket;
  "~^[0-9]{3}$" "0$cookie_lyceum_bucket";
  "~^[0-9]{2}$" "00$cookie_lyceum_bucket";
  "~^[0-9]$" "000$cookie_lyceum_bucket";
  default "";
}
map $lyceum_known_bucket $lyceum_bucket {
  "" $lyceum_random_bucket;
  default $lyceum_known_bucket;
}
map $lyceum_known_bucket $lyceum_set_bucket {
  "" "lyceum_bucket=$lyceum_bucket; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax${settings.door.url.startsWith('https:') ? '; Secure' : ''}";
  default "";
}
# For proxy_set_header Connection: upgraded where asked for, otherwise kept open.
map $http_upgrade $lyceum_connection {
  "" "";
  default upgrade;
}

# Is the bucket below the limit? Digit by digit, from the left.
map "$lyceum_bucket $realpath_root" $lyceum_side {
  "~,${FOLDER.limit}10000," candidate;
${[0, 1, 2, 3].map((same) => `  "~${below(same)}" candidate;`).join('\n')}
  default stable;
}

# A pin names a release; it counts where that release runs.
map "$cookie_lyceum_pin $realpath_root" $lyceum_pinned {
${['blue', 'green'].map((colour) => `  "~^(?<lyceum_pin_${colour}>[A-Za-z0-9][A-Za-z0-9._-]*)\\.[0-9]+\\.[A-Za-z0-9_-]+ .*,${colour}=\\k<lyceum_pin_${colour}>," ${colour};`).join('\n')}
  default "";
}

map "$lyceum_pinned $lyceum_side $realpath_root" $lyceum_colour {
  "~^blue " blue;
  "~^green " green;
  "~^ stable .*/${FOLDER.stable}blue," blue;
  "~^ stable " green;
  "~^ candidate .*/${FOLDER.stable}blue," green;
  default blue;
}
map "$lyceum_colour $realpath_root" $lyceum_upstream {
${replaceable.map(({ id, colour }) => `  "~^${colour} .*,${FOLDER.out}${id}$" lyceum_${colour}_but_${id.split('-')[1]};`).join('\n')}
  "~^blue " lyceum_blue;
  default lyceum_green;
}
`
}

/** The other colour stands behind: when a whole colour fails, people are served by the other rather than by nobody. */
function upstreams(colour: string, own: readonly Instance[], others: readonly Instance[]): string {
  const upstream = (name: string, instances: readonly Instance[]) => `upstream ${name} {
  least_conn;
${instances.map(({ host, port }) => `  server ${host}:${port} max_fails=2 fail_timeout=5s;`).join('\n')}
${others.map(({ host, port }) => `  server ${host}:${port} max_fails=2 fail_timeout=5s backup;`).join('\n')}
  keepalive 32;
  keepalive_timeout 30s;
}
`
  const without = own.flatMap(({ id }, at) =>
    own.length > 1
      ? [
          upstream(
            `lyceum_${colour}_but_${at + 1}`,
            own.filter((instance) => instance.id !== id)
          )
        ]
      : []
  )
  return [upstream(`lyceum_${colour}`, own), ...without].join('\n')
}

/** Four digits below four digits, where the first `same` are equal and the next one is less. */
function below(same: number): string {
  const rest = `[0-9]{${3 - same}} .*,${FOLDER.limit}0\\k<lyceum_b${same}>`
  const ways = Array.from({ length: 9 }, (_, digit) => `${digit}${rest}[${digit + 1}-9]`)
  return `^(?<lyceum_b${same}>[0-9]{${same}})(?:${ways.join('|')})`
}
