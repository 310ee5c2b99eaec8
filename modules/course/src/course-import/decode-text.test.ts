import { expect, test } from 'vitest'
import { decodeText } from './decode-text.ts'

test.each<[string, Buffer, ReturnType<typeof decodeText>]>([
  ['UTF-8', Buffer.from('Мёд'), { text: 'Мёд' }],
  ['UTF-8 with a mark', Buffer.from('\ufeffМёд'), { text: 'Мёд' }],
  ['UTF-16', Buffer.from('\ufeffМёд', 'utf16le'), { text: 'Мёд' }],
  [
    'windows-1251',
    Buffer.from([0xcf, 0xf7, 0xb8, 0xeb, 0xfb, 0x20, 0xe8, 0x20, 0xec, 0xb8, 0xe4]),
    { text: 'Пчёлы и мёд', guessed: 'windows-1251' }
  ],
  [
    'windows-1252',
    Buffer.from('Un caf\xe9 \xe0 Besan\xe7on', 'latin1'),
    { text: 'Un café à Besançon', guessed: 'windows-1252' }
  ]
])('%s is read', (_name, bytes, expected) => {
  expect(decodeText(bytes)).toEqual(expected)
})
