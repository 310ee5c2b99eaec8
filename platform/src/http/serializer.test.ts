import Type from 'typebox'
import { expect, it } from 'vitest'
import { Id, nullable, oneOf } from '../contract/schema.ts'
import { serializerOf } from './serializer.ts'

const Rule = Type.Union([
  Type.Object({ kind: Type.Literal('none') }),
  Type.Object({ kind: Type.Literal('time'), seconds: Type.Integer() })
])

it('writes whichever object of a union it is given, and only fields that are named', () => {
  const write = serializerOf(Type.Object({ rules: Type.Array(Rule), next: nullable(Rule) }))
  const answer = {
    rules: [
      { kind: 'none', secret: 1 },
      { kind: 'time', seconds: 5 }
    ],
    next: null,
    secret: 'not for everybody'
  }
  expect(JSON.parse(write(answer))).toEqual({
    rules: [{ kind: 'none' }, { kind: 'time', seconds: 5 }],
    next: null
  })
  expect(JSON.parse(write({ rules: [], next: { kind: 'none' } }))).toEqual({ rules: [], next: { kind: 'none' } })
})

it('still tells objects apart whose fields have one name and different kinds', () => {
  const write = serializerOf(
    Type.Object({
      at: Type.Union([
        Type.Object({ place: Type.Integer() }),
        Type.Object({ place: Type.Object({ x: Type.Integer() }) })
      ])
    })
  )
  expect(JSON.parse(write({ at: { place: 3 } }))).toEqual({ at: { place: 3 } })
  expect(JSON.parse(write({ at: { place: { x: 3 } } }))).toEqual({ at: { place: { x: 3 } } })
})

it('leaves unions of plain values as they are', () => {
  const write = serializerOf(Type.Object({ value: Type.Union([Type.Integer(), Type.String()]) }))
  expect(JSON.parse(write({ value: 'three' }))).toEqual({ value: 'three' })
  expect(JSON.parse(write({ value: 3 }))).toEqual({ value: 3 })
})

it('writes identifiers and words, and null where there is none', () => {
  const write = serializerOf(
    Type.Object({
      id: Id,
      other: nullable(Id),
      state: oneOf(['open', 'done']),
      next: nullable(oneOf(['open', 'done']))
    })
  )
  const id = '01a20745-afcf-72d6-8dbe-8bd566fdc343'
  expect(JSON.parse(write({ id, other: null, state: 'open', next: null }))).toEqual({
    id,
    other: null,
    state: 'open',
    next: null
  })
  expect(JSON.parse(write({ id, other: id, state: 'done', next: 'open' }))).toEqual({
    id,
    other: id,
    state: 'done',
    next: 'open'
  })
})
