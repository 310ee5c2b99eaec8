import { randomBytes } from 'node:crypto'
import { Decrypter, Encrypter } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { createOpener, createSealer } from './age.ts'
import { makeKeyPair } from './backup-key.ts'

describe('sealing with age', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_000])(
    'seals %i bytes so that age opens them, and opens what age sealed',
    async (length) => {
      const { identity, recipient } = await makeKeyPair()
      const plain = randomBytes(length)
      const decrypter = new Decrypter()
      decrypter.addIdentity(identity)
      const encrypter = new Encrypter()
      encrypter.addRecipient(recipient)
      const opener = createOpener(identity)
      expect(Buffer.from(await decrypter.decrypt(await createSealer(recipient).seal(plain))).equals(plain)).toBe(true)
      expect((await opener.open(Buffer.from(await encrypter.encrypt(plain)))).equals(plain)).toBe(true)
    }
  )

  it('notices a bit that changed, an end that was cut off, and another key', async () => {
    const { identity, recipient } = await makeKeyPair()
    const sealed = await createSealer(recipient).seal(randomBytes(200_000))
    const opener = createOpener(identity)
    for (const at of [30, 120, sealed.length - 1, 150_000]) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      await expect(opener.open(changed)).rejects.toThrow()
    }
    for (const length of [10, 100, 65_000, sealed.length - 65_552, sealed.length - 1])
      await expect(opener.open(sealed.subarray(0, length))).rejects.toThrow()
    await expect(createOpener((await makeKeyPair()).identity).open(sealed)).rejects.toThrow()
    expect((await opener.open(sealed)).length).toBe(200_000)
  })

  it('never uses a key stream twice', async () => {
    const { recipient } = await makeKeyPair()
    const sealer = createSealer(recipient)
    const zeros = Buffer.alloc(1_000)
    const seen = new Set<string>()
    for (let index = 0; index < 2_100; index++) seen.add((await sealer.seal(zeros)).subarray(-1_016).toString('base64'))
    expect(seen.size).toBe(2_100)
  })
})
