import type { Deployment } from '../deployment.ts'
import { SECRETS, SHUTDOWN_SECONDS } from '../environment.ts'
import { heapOption } from '../kubernetes/pod.ts'
import { type RenderedFile, textFile } from '../rendered-file.ts'
import { processesAtOnce, type Service } from '../service.ts'

const ROOT = '/srv/lyceum'
const HOME = '/var/lib/lyceum'

/**
 * One server without containers. `lyceum.service` is everything in one process; `lyceum@blue-1.service` is one of the
 * processes that the release tool starts and stops, by itself everything in one or a part of an instance of many; `lyceum-<service>@blue.service` are the
 * processes of an installation of many, of the release that `<root>/blue` points at, held together by `lyceum@blue.target`.
 */
export const renderSystemd = (deployment: Deployment, services: readonly Service[]): RenderedFile[] => [
  textFile('systemd/lyceum.service', everything()),
  textFile('systemd/lyceum@.service', instance()),
  textFile('systemd/lyceum@.target', colourTarget(services)),
  ...services.map((service) =>
    textFile(`systemd/lyceum-${service.name}@.service`, one(service, processesAtOnce(services, 1)))
  ),
  textFile('systemd/lyceum.env', settings(deployment, services))
]

const everything = (): string => `
[Unit]
Description=Lyceum, everything in one process
Documentation=file:///srv/lyceum/current/docs/operators/start.md
After=network-online.target
Wants=network-online.target

[Service]
${common('serve', `${ROOT}/current`, ['TOKEN_SECRET', 'FILE_SECRET', 'PIN_SECRET', 'SMTP_URL'])}
Environment=PORT=3000
# The embedded database needs threads and memory of its own; Lyceum is told to stop first, and stops it in order.
KillMode=mixed
TimeoutStopSec=90
MemoryMax=4G
TasksMax=512

[Install]
WantedBy=multi-user.target
`

const instance = (): string => `
[Unit]
Description=Lyceum %i, started and stopped by the release tool
Documentation=file:///srv/lyceum/current/docs/operators/one-server.md
After=network-online.target
Wants=network-online.target

[Service]
${common('$LYCEUM_SERVE', `${ROOT}/instances/%i/release`, INSTANCE_SECRETS)}
# Two colours of two processes; of more, and of instances that are many processes, lyceum.env says how many there are.
Environment=DATABASE_PROCESSES=4
# Its port, release and part (LYCEUM_SERVE); written by the release tool.
EnvironmentFile=${ROOT}/instances/%i/instance.env
ReadWritePaths=${ROOT}/assets
# As long as its slowest upload may take.
TimeoutStopSec=120
MemoryMax=4G
TasksMax=512

[Install]
WantedBy=multi-user.target
`

/** Two releases beside each other share a database of their own server. */
const INSTANCE_SECRETS = [
  'SERVICE_SECRET_KEY',
  'DATABASE_URL',
  'DATABASE_REPLICA_URL',
  'DATABASE_APP_PASSWORD',
  'DATABASE_JOBS_PASSWORD',
  'TOKEN_SECRET',
  'FILE_SECRET',
  'PIN_SECRET',
  'SMTP_URL'
]

const colourTarget = (services: readonly Service[]): string => `
[Unit]
Description=Lyceum, the processes of %i
Wants=${services.map(({ name }) => `lyceum-${name}@%i.service`).join(' ')}
After=network-online.target

[Install]
WantedBy=multi-user.target
`

const one = (service: Service, processes: number): string => `
[Unit]
Description=Lyceum %i, ${service.name}
After=network-online.target
Wants=network-online.target
PartOf=lyceum@%i.target

[Service]
${common(`serve ${service.name}`, `${ROOT}/%i`, SECRETS)}
Environment=PORT=${service.port} NODE_OPTIONS=${heapOption(service.resources)}
# Those of both colours; lyceum.env may say another number.
Environment=DATABASE_PROCESSES=${processes}
# Ports of the colour and where it finds its own processes; written by the release tool.
EnvironmentFile=-/etc/lyceum/%i.env
EnvironmentFile=-/etc/lyceum/%i-${service.name}.env
TimeoutStopSec=${SHUTDOWN_SECONDS + 10}
MemoryHigh=${service.resources.memory.limit}M
MemoryMax=${Math.ceil(service.resources.memory.limit * 1.25)}M
CPUQuota=${service.resources.cpu.limit / 10}%
TasksMax=256

[Install]
WantedBy=lyceum@%i.target
`

const common = (command: string, folder: string, secrets: readonly string[]): string => `Type=exec
User=lyceum
Group=lyceum
WorkingDirectory=${folder}
EnvironmentFile=/etc/lyceum/lyceum.env
ExecStart=${folder}/node_modules/.bin/node ${folder}/apps/cli/bin/lyceum.mjs ${command}
Restart=always
RestartSec=2
LimitNOFILE=65536
StateDirectory=lyceum
StateDirectoryMode=0700
UMask=0077
${secrets.map((name) => `LoadCredential=${name}:/etc/lyceum/secrets/${name}`).join('\n')}
${secrets.includes('DATABASE_REPLICA_URL') ? NO_REPLICAS : ''}${secrets.map((name) => `Environment=${name}_FILE=%d/${name}`).join('\n')}
# Nothing outside of ${HOME} is written, nothing new is gained, nobody else is seen.
NoNewPrivileges=true
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=true
PrivateTmp=true
PrivateDevices=true
PrivateUsers=true
ProtectHostname=true
ProtectClock=true
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectKernelLogs=true
ProtectControlGroups=true
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true
RemoveIPC=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM`

/** What systemd takes where there is no such file. */
const NO_REPLICAS = `# Without a file of this name there are no replicas.
SetCredential=DATABASE_REPLICA_URL:\\n
`

/** Secrets are handed over by systemd, so they are not here. */
function settings({ hosts, mailFrom, uploadMegabytes }: Deployment, services: readonly Service[]): string {
  return `
LYCEUM_ENV=production
LYCEUM_HOME=${HOME}
PUBLIC_URL=https://${hosts[0]}
BIND_ADDRESS=127.0.0.1
TRUST_PROXY=true
LOG_FORMAT=json
MAIL_FROM="${mailFrom}"
MAX_FILE_MB=${uploadMegabytes}
SHUTDOWN_SECONDS=${SHUTDOWN_SECONDS}
SERVICE_URLS=${services
    .filter(({ kind }) => kind === 'module')
    .map(({ name, port }) => `${name}=http://127.0.0.1:${port}`)
    .join(',')}
STORAGE=disk
`
}
