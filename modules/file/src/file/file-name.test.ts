import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cleanFileName, extensionOf } from './file-name.ts'

it.each([
  ['Plan 2026.pdf', 'Plan 2026.pdf'],
  ['Конспект лекции №5.docx', 'Конспект лекции №5.docx'],
  ['واجب الرياضيات.pdf', 'واجب الرياضيات.pdf'],
  ['Cafe\u0301.txt', 'Café.txt'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\ana\\essay.docx', 'essay.docx'],
  ['a\u0000b\r\nSet-Cookie: x.txt', 'abSet-Cookie_ x.txt'],
  ['invoice\u202Egpj.exe', 'invoicegpj.exe'],
  ['con', '_con'],
  ['NUL.txt', '_NUL.txt'],
  ['com1.tar.gz', '_com1.tar.gz'],
  ['console.log', 'console.log'],
  ['what?<now>|"*:.txt', 'what__now_____.txt'],
  ['trailing. . .', 'trailing'],
  ['..', 'file'],
  ['', 'file'],
  ['   ', 'file'],
  ['lone\uD800.txt', 'lone\uFFFD.txt'],
  ['.gitignore', '.gitignore']
])('makes of %j the name %j', (given, expected) => {
  expect(cleanFileName(given)).toBe(expected)
})

it('shortens to 255 bytes between letters and keeps the extension', () => {
  const name = cleanFileName(`${'щ'.repeat(300)}.pdf`)
  expect(name).toBe(`${'щ'.repeat(125)}.pdf`)
  expect(Buffer.byteLength(cleanFileName(`${'👩‍👩‍👧'.repeat(60)}.jpeg`))).toBeLessThanOrEqual(255)
})

it('gives a safe name for any text, and leaves a safe name alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
      const name = cleanFileName(given)
      expect(name).not.toMatch(/[/\\:*?"<>|\p{Cc}\u202E]/u)
      expect(name).not.toMatch(/^\.{0,2}$|[. ]$/)
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
      expect(cleanFileName(name)).toBe(name)
    })
  )
})

it('knows an extension from a dot', () => {
  expect(['a.PDF', 'a.tar.gz', 'a', '.env', 'a.'].map(extensionOf)).toEqual(['.pdf', '.gz', '', '', ''])
})
