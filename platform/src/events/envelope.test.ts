import Type from 'typebox'
import { expect, it } from 'vitest'
import { defineEvent } from '../contract/contract.ts'
import { judge, readEnvelope } from './envelope.ts'

const event = (v?: number) => defineEvent('a.b-done', Type.Object({}), v === undefined ? {} : { v })

it.each([
  [{ v: 1, minRelease: null }, event(), 'dev', 'react'],
  [{ v: 1, minRelease: null }, event(2), 'dev', 'react'],
  [{ v: 1, minRelease: null }, event(3), 'dev', 'too-old'],
  [{ v: 2, minRelease: null }, event(), 'dev', 'leave'],
  [{ v: 1, minRelease: null }, undefined, 'dev', 'leave'],
  [{ v: 1, minRelease: '2026.11.10' }, event(), '2026.11.9', 'leave'],
  [{ v: 1, minRelease: '2026.11.10' }, event(), '2026.11.10', 'react'],
  [{ v: 1, minRelease: '2026.11.10' }, event(), 'dev', 'react']
] as const)('%j for somebody who knows %j in release %s: %s', (envelope, known, release, verdict) => {
  expect(judge(envelope, known, release)).toBe(verdict)
})

it('reads what newer releases added to, and nothing that is not ours', () => {
  const id = '01900000-0000-7000-8000-000000000000'
  const envelope = { id, type: 'a.b', v: 1, minRelease: null, tenantId: id, occurredAt: 'now', payload: {} }
  expect(readEnvelope({ ...envelope, trace: 'new' })).toMatchObject(envelope)
  for (const foreign of ['text', null, {}, { ...envelope, v: 0 }, { ...envelope, tenantId: 7 }])
    expect(readEnvelope(foreign)).toBeUndefined()
})
