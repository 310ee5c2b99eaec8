import { createHash, createHmac } from 'node:crypto'
import type { Chance } from '@lyceum/platform/stand-ins'

const BLOCK_BYTES = 256

/**
 * @param key random and of this run alone: without it nobody can try out which text leads to a stand-in
 * @returns for a purpose and a value, numbers from SHAKE256 over their HMAC
 */
export const createChance =
  (key: Buffer) =>
  (purpose: string, value: string): Chance => {
    const seed = createHmac('sha256', key).update(purpose).update('\0').update(value).digest()
    let block = Buffer.alloc(0)
    let [blocks, at] = [0, 0]
    const next = (): number => {
      if (at + 4 > block.length) {
        block = createHash('shake256', { outputLength: BLOCK_BYTES }).update(seed).update(String(blocks++)).digest()
        at = 0
      }
      at += 4
      return block.readUInt32LE(at - 4)
    }
    const whole = (below: number): number => Math.floor((next() / 2 ** 32) * below)
    return {
      whole,
      one: (list) => {
        const chosen = list[whole(list.length)]
        if (chosen === undefined) throw new Error('Nothing to choose from')
        return chosen
      }
    }
  }
