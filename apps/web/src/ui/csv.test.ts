import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

test('fields are quoted where they must be, and nothing can run as a formula', () => {
  expect(
    csvOf([
      ['Name', 'Note'],
      ['Haddad, Amina', 'said "hi"\nand left'],
      ['=1+1', '@cmd'],
      ['-3.5', '+44 20']
    ])
  ).toBe('Name,Note\r\n"Haddad, Amina","said ""hi""\nand left"\r\n\'=1+1,\'@cmd\r\n-3.5,\'+44 20\r\n')
})
