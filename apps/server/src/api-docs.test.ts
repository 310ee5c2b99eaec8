import swagger from '@fastify/swagger'
import { readConfig } from '@lyceum/platform/config'
import { LyceumError } from '@lyceum/platform/errors'
import { problemOf } from '@lyceum/platform/problem'
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { serveApiReference } from './api-docs.ts'

it.each(['true', 'false'])('explains every problem where its type leads, with ENABLE_API_DOCS=%s', async (wanted) => {
  const app = Fastify()
  await app.register(swagger)
  await serveApiReference(app, readConfig({ ENABLE_API_DOCS: wanted }))
  const { type } = problemOf(new LyceumError('course.not-found', 'not-found', ''), '').body
  const [path = '', code] = type.split('#')
  const page = await app.inject(path)
  expect(page.statusCode).toBe(200)
  expect(page.headers['content-type']).toContain('text/html')
  expect(page.body).toContain(`id="${code}"`)
  expect(page.body).toContain('id="database.outcome-unknown"')
  expect(page.body).not.toContain('undefined')
  await app.close()
})
