// Lets every autoscaler of the installation have at least so many replicas: before exams, and as usual after them.
// REPLICAS: the floor; ONLY_IN: the year it is meant for, because a schedule comes back every year.
import { readFile } from 'node:fs/promises'

const { REPLICAS, ONLY_IN, SELECTOR, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = process.env
const folder = process.env.ACCOUNT_FOLDER ?? '/var/run/secrets/kubernetes.io/serviceaccount'
const base = process.env.API_SERVER ?? `https://${KUBERNETES_SERVICE_HOST}:${KUBERNETES_SERVICE_PORT}`

if (ONLY_IN !== String(new Date().getFullYear())) {
  console.log(`This was meant for ${ONLY_IN}; nothing was changed. Remove it, or give its date anew.`)
  process.exit(0)
}
const [token, namespace] = await Promise.all(
  ['token', 'namespace'].map(async (name) => (await readFile(`${folder}/${name}`, 'utf8')).trim())
)
const autoscalers = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`

async function ask(method, path, body) {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/merge-patch+json' },
    signal: AbortSignal.timeout(20_000),
    ...(body ? { body: JSON.stringify(body) } : {})
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

const { items } = await ask('GET', `${autoscalers}?labelSelector=${encodeURIComponent(SELECTOR)}`)
if (items.length === 0) throw new Error(`No autoscaler has the labels ${SELECTOR}.`)
for (const { metadata, spec } of items) {
  const minReplicas = Math.min(Number(REPLICAS), spec.maxReplicas)
  await ask('PATCH', `${autoscalers}/${metadata.name}`, { spec: { minReplicas } })
  console.log(`${metadata.name}: at least ${minReplicas}`)
}
