import { describe, expect, it } from 'vitest'
import { readRows } from './read-rows.ts'

const people = (csv: string) =>
  readRows(csv).map(({ row, name, email, role, course }) => [row, name, email, role, course])

describe('reading a CSV of people', () => {
  it('knows commas, semicolons and tabs by the header', () => {
    for (const separator of [',', ';', '\t']) {
      const csv = [
        ['name', 'email', 'role'],
        ['Ana', 'ana@x.test', 'teacher']
      ]
      expect(people(csv.map((line) => line.join(separator)).join('\n'))).toEqual([
        [2, 'Ana', 'ana@x.test', 'teacher', '']
      ])
    }
  })

  it('keeps the separator of the header when cells hold other ones', () => {
    expect(people('name;email\nDoe, Jane, Dr.;jane@x.test')).toEqual([[2, 'Doe, Jane, Dr.', 'jane@x.test', '', '']])
  })

  it('takes what spreadsheets write: a byte order mark, CRLF, quotes and doubled quotes', () => {
    expect(people('\ufeff"Name","E-Mail"\r\n"Lee, ""Annie""","annie@x.test"\r\n')).toEqual([
      [2, 'Lee, "Annie"', 'annie@x.test', '', '']
    ])
  })

  it('finds columns whatever their order, case and spelling, and leaves the others alone', () => {
    expect(people('Course Code,E_MAIL address,shoe size,Last Name,FIRST-NAME\nM1,a@x.test,42,Lee,Ann')).toEqual([
      [2, 'Ann Lee', 'a@x.test', '', 'M1']
    ])
  })

  it('skips blank lines and still names lines as the file has them', () => {
    expect(people('name,email\n\nAna,ana@x.test\n,,\n  \nBo,bo@x.test\n\n').map(([row]) => row)).toEqual([3, 6])
  })

  it('says which columns it needs when there is no header', () => {
    expect(() => readRows('Ana,ana@x.test')).toThrow(/first line must name the columns.*Ana, ana@x.test/)
    expect(() => readRows('')).toThrow(/first line must name the columns/)
  })

  it('names the line where a quotation mark was opened and never closed', () => {
    expect(() => readRows('name,email\nAna,ana@x.test\n"Bo,bo@x.test\nCy,cy@x.test\n')).toThrow(
      /^Line 3 .*never closed/
    )
  })

  it('names the line with a quotation mark in the middle of a cell', () => {
    expect(() => readRows('name,email\nAna "A" Lee,ana@x.test')).toThrow(/^Line 2 cannot be read/)
    expect(() => readRows('name,email\n\n"Ana" Lee,ana@x.test')).toThrow(/^Line 3 cannot be read/)
  })

  it('refuses a workbook that only pretends to be a CSV', () => {
    expect(() => readRows('PK\u0003\u0004\0\0name,email')).toThrow(/not a CSV file/)
  })

  it('refuses more rows than anybody could look through', () => {
    const csv = `email\n${Array.from({ length: 50_001 }, (_, n) => `p${n}@x.test`).join('\n')}`
    expect(() => readRows(csv)).toThrow(/more than 50000 rows/)
  })
})
