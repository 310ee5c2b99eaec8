import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { askingJob } from '../../render/kubernetes/job.ts'
import { at, listAt, type Manifest, nameOf } from '../../render/manifest.ts'
import type { ImageRelease } from '../image-release.ts'
import { TargetRefused } from '../target-refused.ts'
import type { KubernetesApi } from './api.ts'

const LOOK_MS = 1_000

/**
 * Runs a command of a release as a Job, in the settings and with the secrets that its processes have. A tool that was killed
 * finds the Job of its predecessor and waits for that: a migration is never begun twice.
 */
export async function askRelease(
  api: KubernetesApi,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  { image }: Pick<ImageRelease, 'image'>,
  args: readonly string[],
  { lookMs = LOOK_MS } = {}
): Promise<{ out: string; err: string }> {
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`
  const pods = `/api/v1/namespaces/${namespace}/pods`
  const jobName = `ask-${createHash('sha256')
    .update([image, ...args].join('\n'))
    .digest('hex')
    .slice(0, 16)}`
  const path = `${jobs}/${jobName}`
  // What an earlier question was answered is old by now.
  if (isOver(await api.find(path))) {
    await api.remove(path)
    while (await api.find(path)) await sleep(lookMs)
  }
  await api.create(jobs, askingJob({ name, jobName, image, args }))
  for (;;) {
    const job = await api.find(path)
    if (job === undefined)
      throw new TargetRefused('target.job-gone', `The job ${jobName} was removed while it ran. Try again.`)
    if (isOver(job)) break
    await sleep(lookMs)
  }
  const [pod] = await api.list(pods, { 'job-name': jobName })
  if (pod === undefined)
    throw new TargetRefused(
      'target.job-silent',
      `The job ${jobName} made no pod: “lyceum ${args.join(' ')}” could not be asked. kubectl describe job/${jobName} says why.`
    )
  const said = await api.read(`${pods}/${nameOf(pod)}/log`)
  await api.remove(path)
  return { out: answerIn(said), err: said }
}

const isOver = (job: Manifest | undefined): boolean =>
  listAt(job, 'status', 'conditions').some(
    (condition) => ['Complete', 'Failed'].includes(String(at(condition, 'type'))) && at(condition, 'status') === 'True'
  )

/** A log has both streams; the answer is the one line that is an object, and the last of them. */
const answerIn = (log: string): string =>
  log.split('\n').findLast((line) => line.startsWith('{') && line.endsWith('}')) ?? ''
