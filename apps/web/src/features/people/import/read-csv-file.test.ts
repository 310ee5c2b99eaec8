import { expect, test } from 'vitest'
import { decodeText, isWorkbook } from './read-csv-file.ts'

const bytes = (...values: (number | string)[]) =>
  new Uint8Array(
    values.flatMap((value) => (typeof value === 'number' ? [value] : [...new TextEncoder().encode(value)]))
  )

test('UTF-8 is read with and without its mark', () => {
  expect(decodeText(bytes('name\nАнна'))).toEqual({ text: 'name\nАнна', encoding: 'utf-8', certain: true })
  expect(decodeText(bytes(0xef, 0xbb, 0xbf, 'name'))).toEqual({ text: 'name', encoding: 'utf-8', certain: true })
})

test('what spreadsheets call Unicode text is read by its mark', () => {
  expect(decodeText(new Uint8Array([0xff, 0xfe, 0x41, 0, 0x10, 0x04]))).toMatchObject({
    text: 'AА',
    encoding: 'utf-16le'
  })
})

test('Cyrillic, Western and Arabic code pages are told apart', () => {
  const cyrillic = bytes('name\n', 0xc0, 0xed, 0xed, 0xe0, ' ', 0xcf, 0xe5, 0xf2, 0xf0, 0xee, 0xe2, 0xe0)
  expect(decodeText(cyrillic)).toEqual({ text: 'name\nАнна Петрова', encoding: 'windows-1251', certain: false })
  const western = bytes('name\nZo', 0xeb, ' M', 0xfc, 'ller\nJos', 0xe9, ' Nu', 0xf1, 'ez')
  expect(decodeText(western)).toMatchObject({ text: 'name\nZoë Müller\nJosé Nuñez', encoding: 'windows-1252' })
  const arabic = bytes(0xe3, 0xcd, 0xe3, 0xcf, ' ', 0xc7, 0xe1, 0xcd, 0xcf, 0xc7, 0xcf)
  expect(decodeText(arabic)).toMatchObject({ text: 'محمد الحداد', encoding: 'windows-1256' })
})

test('Cyrillic in capitals only is still Cyrillic', () => {
  expect(decodeText(bytes(0xc0, 0xcd, 0xcd, 0xc0, ' ', 0xcf, 0xc5, 0xd2, 0xd0, 0xce, 0xc2, 0xc0))).toMatchObject({
    text: 'АННА ПЕТРОВА'
  })
})

test('a workbook is known by its first bytes', () => {
  expect(isWorkbook(bytes('PK', 3, 4))).toBe(true)
  expect(isWorkbook(bytes('name,email'))).toBe(false)
})
