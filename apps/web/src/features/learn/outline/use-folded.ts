import type { OutlineUnit } from '@lyceum/course/contract'
import { useState } from 'react'
import { isFinished } from './outline.ts'

/** Which units are folded away; what somebody chose holds on this device, finished units are folded until then. */
export function useFolded(courseId: string, units: readonly OutlineUnit[]) {
  const key = `lyceum.folded.${courseId}`
  const [chosen, setChosen] = useState(() => read(key))
  // Decided once: a unit must not close under the hand that finishes it.
  const [finished] = useState(() => new Set(units.length > 1 ? units.filter(isFinished).map(({ id }) => id) : []))
  const isFolded = (unitId: string): boolean => chosen.get(unitId) ?? finished.has(unitId)
  const fold = (unitIds: readonly string[], folded: boolean) => {
    const next = new Map([...chosen, ...unitIds.map((id): [string, boolean] => [id, folded])])
    localStorage.setItem(key, JSON.stringify([...next]))
    setChosen(next)
  }
  return { isFolded, fold }
}

function read(key: string): ReadonlyMap<string, boolean> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return new Map(Array.isArray(stored) ? stored.filter(isChoice) : [])
  } catch {
    return new Map()
  }
}

const isChoice = (value: unknown): value is [string, boolean] =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'boolean'
