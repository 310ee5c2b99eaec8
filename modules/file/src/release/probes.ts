import { setTimeout as sleep } from 'node:timers/promises'
import { mustAnswer, type Probe, ProbeFailed, textAt } from '@lyceum/platform/probe'

const TEXT = 'A smoker calms the bees.\n'
const TUS = { 'tus-resumable': '1.0.0' }
const TRIES = 20

export const uploadProbe: Probe = {
  name: 'upload',
  about: 'a file is uploaded in two pieces, is known with its size, and is removed again',
  run: async ({ teacher }) => {
    const length = Buffer.byteLength(TEXT)
    const begun = mustAnswer(
      await teacher.send('POST', '/uploads', {
        headers: { ...TUS, 'upload-length': String(length), 'upload-metadata': `filename ${btoa('smoker.txt')}` }
      }),
      201,
      'beginning an upload'
    )
    const fileId = begun.header('location')?.split('/').at(-1) ?? ''
    for (const [offset, piece] of [
      [0, TEXT.slice(0, 10)],
      [10, TEXT.slice(10)]
    ] as const)
      mustAnswer(
        await teacher.send('PATCH', `/uploads/${fileId}`, {
          headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
          body: piece
        }),
        204,
        'sending a piece'
      )
    await becomesReady(async () =>
      textAt(mustAnswer(await teacher.send('GET', `/files/${fileId}`), 200, 'asking for the file').body, 'state')
    )
    mustAnswer(await teacher.send('DELETE', `/files/${fileId}`), 200, 'removing the file')
  }
}

/** A virus scanner may take a moment. */
async function becomesReady(state: () => Promise<string>): Promise<void> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if ((await state()) === 'ready') return
    await sleep(500)
  }
  throw new ProbeFailed('the file was not ready after ten seconds')
}
