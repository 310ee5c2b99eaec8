import { describe, expect, it } from 'vitest'
import { checkRows, type Known } from './check-rows.ts'
import type { FileRow } from './people-import.ts'

const line = (row: number, cells: Partial<FileRow>): FileRow => ({
  row,
  name: 'Ana',
  email: `p${row}@x.test`,
  role: '',
  course: '',
  overlong: false,
  ...cells
})
const nobody: Known = { accounts: new Map(), courseId: null, courses: new Map(), enrolled: new Set() }
const faults = (cells: Partial<FileRow>, known: Known = nobody) =>
  checkRows([line(2, cells)], known).flatMap(({ errors }) => errors.map(({ column, code }) => `${column} ${code}`))

describe('checking rows of people', () => {
  it('tells what is wrong with which column', () => {
    expect(faults({ email: '' })).toEqual(['email missing'])
    expect(faults({ email: 'ana@' })).toEqual(['email invalid'])
    expect(faults({ name: '' })).toEqual(['name missing'])
    expect(faults({ name: 'x'.repeat(201) })).toEqual(['name too-long'])
    expect(faults({ email: `${'x'.repeat(260)}@x.test` })).toEqual(['email too-long'])
    expect(faults({ role: 'wizard' })).toEqual(['role unknown'])
    expect(faults({ course: 'Alchemy' })).toEqual(['course unknown'])
    expect(faults({ course: 'Maths' }, { ...nobody, courses: new Map([['Maths', 'ambiguous']]) })).toEqual([
      'course ambiguous'
    ])
    expect(faults({ overlong: true })).toEqual([' too-many-cells'])
    expect(faults({ email: '', name: '', role: 'wizard' })).toHaveLength(3)
  })

  it('has no administrators in a course', () => {
    expect(faults({ role: 'admin' })).toEqual([])
    expect(faults({ role: 'admin' }, { ...nobody, courseId: 'c1' })).toEqual(['role not-in-course'])
  })

  it('names the other line of an address that is there twice, whatever its case', () => {
    const [first, second] = checkRows([line(2, { email: 'ana@x.test' }), line(9, { email: 'Ana@X.test' })], nobody)
    expect(first?.outcome).toBe('create')
    expect(second).toMatchObject({ outcome: 'error', errors: [{ column: 'email', code: 'duplicate' }] })
    expect(second?.errors[0]?.message).toContain('Line 2')
  })

  it('lets one person into two courses, and makes one account', () => {
    const courses = new Map([
      ['A', 'a'],
      ['B', 'b']
    ])
    const rows = checkRows(
      [line(2, { email: 'ana@x.test', course: 'A' }), line(3, { email: 'ana@x.test', course: 'B' })],
      {
        ...nobody,
        courses
      }
    )
    expect(rows.map(({ outcome, courseId }) => [outcome, courseId])).toEqual([
      ['create', 'a'],
      ['enrol', 'b']
    ])
  })

  it('leaves alone who is there already, and needs no name for an account that exists', () => {
    const known: Known = {
      accounts: new Map([
        ['here@x.test', { id: 'h', status: 'active' }],
        ['new@x.test', { id: 'n', status: 'invited' }],
        ['gone@x.test', { id: 'g', status: 'deactivated' }]
      ]),
      courseId: 'c',
      courses: new Map(),
      enrolled: new Set(['c h'])
    }
    const rows = ['here', 'new', 'gone'].map((who, n) => line(n + 2, { email: `${who}@x.test`, name: '' }))
    expect(checkRows(rows, known).map(({ outcome }) => outcome)).toEqual(['unchanged', 'enrol', 'error'])
  })
})
