import { expect, test } from 'vitest'
import { hostsIn, slugOf } from './hosts.ts'

test('hosts are read one by one, once each, in lower case', () => {
  expect(hostsIn(' Learn.Example.org\nschool.example.org, learn.example.org ')).toEqual([
    'learn.example.org',
    'school.example.org'
  ])
  expect(hostsIn(' \n')).toEqual([])
})

test('a short name comes out of any name', () => {
  expect(slugOf('Größe & Söhne School')).toBe('grosse-sohne-school')
  expect(slugOf('مدرسة')).toBe('')
  expect(slugOf(`${'A'.repeat(39)} b`)).toBe('a'.repeat(39))
})
