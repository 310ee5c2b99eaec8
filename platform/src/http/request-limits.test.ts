import { describe, expect, it } from 'vitest'
import { anyone } from '../auth/caller.ts'
import { noRequest } from '../module/runtime.ts'
import { createLocalRateLimits } from '../rate-limit/local-rate-limits.ts'
import { createRequestLimits } from './request-limits.ts'

const at = { now: 0 }

const limitsOf = (given: { anonymous?: number; guesses?: number; person?: number; tenant?: number }) =>
  createRequestLimits({
    limits: createLocalRateLimits(() => at.now),
    clock: { now: () => new Date(at.now) },
    anonymous: 0,
    guesses: 0,
    person: 0,
    tenant: 0,
    ...given
  })

const from = (address: string, userId: string | null = null, tenantId = 'school') => ({
  caller: { ...anyone(tenantId), userId },
  request: { ...noRequest, address }
})

async function admitted(times: number, admit: () => Promise<void>): Promise<number> {
  let count = 0
  for (let time = 0; time < times; time++)
    await admit().then(
      () => count++,
      () => undefined
    )
  return count
}

describe('limits of requests', () => {
  it('hold for each address by itself, and say how long to wait', async () => {
    const limits = limitsOf({ anonymous: 100 })
    expect(await admitted(150, () => limits.admit(from('192.0.2.1'), {}))).toBe(100)
    expect(await admitted(1, () => limits.admit(from('192.0.2.2'), {}))).toBe(1)
    at.now += 60_000
    await expect(limits.admit(from('192.0.2.1'), {})).rejects.toMatchObject({
      code: 'request.too-many',
      detail: { retryAfter: 14 * 60 }
    })
    at.now += 14 * 60_000
    await limits.admit(from('192.0.2.1'), {})
  })

  it('let a classroom behind one address sign in', async () => {
    const limits = limitsOf({ anonymous: 100, guesses: 50 })
    for (let learner = 0; learner < 300; learner++) {
      for (let request = 0; request < 3; request++) await limits.admit(from('192.0.2.3'), {})
      await limits.admit(from('192.0.2.3'), { guessable: true })
      await limits.admit(from('192.0.2.3', `learner ${learner}`), {})
    }
  })

  it('are stricter where a secret can be guessed', async () => {
    const limits = limitsOf({ anonymous: 100, guesses: 10 })
    expect(await admitted(40, () => limits.admit(from('192.0.2.4'), { guessable: true }))).toBe(10)
    expect(await admitted(100, () => limits.admit(from('192.0.2.4'), {}))).toBe(60)
  })

  it('hold for a person wherever they are, and for a school', async () => {
    const limits = limitsOf({ person: 5, tenant: 20 })
    expect(await admitted(9, () => limits.admit(from(`192.0.2.${at.now}`, 'ana'), {}))).toBe(5)
    expect(await admitted(30, () => limits.admit(from('192.0.2.9'), {}))).toBe(15)
    expect(await admitted(3, () => limits.admit(from('192.0.2.9', null, 'another'), {}))).toBe(3)
  })

  it('do not hold for a synthetic learner by address, who asks from where a monitor asks too', async () => {
    const limits = limitsOf({ anonymous: 10, guesses: 2, tenant: 15 })
    expect(await admitted(20, () => limits.admit(from('127.0.0.1'), {}))).toBe(10)
    const { caller, request } = from('127.0.0.1', null, 'synthetic')
    const synthetic = { caller, request: { ...request, synthetic: true } }
    expect(await admitted(20, () => limits.admit(synthetic, { guessable: true }))).toBe(15)
  })

  it('are none where they are 0', async () => {
    expect(await admitted(500, () => limitsOf({}).admit(from('192.0.2.1'), { guessable: true }))).toBe(500)
  })
})
