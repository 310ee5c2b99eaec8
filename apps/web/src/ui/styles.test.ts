import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles } from '../../test/source-files.ts'

const core = dirname(createRequire(import.meta.url).resolve('@mantine/core/styles.css'))
const baseFile = new URL('./styles.css', import.meta.url)

/** Components whose looks are those of others, or which have none of their own. */
const dressedBy: Record<string, readonly string[]> = {
  TextInput: ['Input'],
  Textarea: ['Input'],
  NativeSelect: ['Input'],
  FileInput: ['Input'],
  Autocomplete: ['Input', 'Combobox', 'Popover', 'ScrollArea'],
  Select: ['Input', 'Combobox', 'Popover', 'ScrollArea'],
  MultiSelect: ['Input', 'Combobox', 'Popover', 'ScrollArea', 'Pill', 'PillsInput'],
  TagsInput: ['Input', 'Combobox', 'Popover', 'ScrollArea', 'Pill', 'PillsInput'],
  Menu: ['Popover', 'Menu'],
  HoverCard: ['Popover'],
  Modal: ['Overlay', 'ModalBase', 'Modal'],
  Drawer: ['Overlay', 'ModalBase', 'Drawer']
}

const imported = (css: string): Set<string> =>
  new Set([...css.matchAll(/@mantine\/core\/styles\/(\w+)\.css/g)].map((match) => match[1] ?? ''))

test('every Mantine component comes with its styles: from styles.css, or imported where it is used', () => {
  const base = imported(readFileSync(baseFile, 'utf8'))
  const missing = sourceFiles('.tsx').flatMap(({ name, text }) => {
    const used = [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap((match) =>
      (match[1] ?? '').split(',').map((word) => word.trim())
    )
    const own = imported(text)
    return used
      .flatMap((component) => dressedBy[component] ?? [component])
      .filter((part) => existsSync(join(core, 'styles', `${part}.css`)) && !base.has(part) && !own.has(part))
      .map((part) => `${name}: import '@mantine/core/styles/${part}.css'`)
  })
  expect(missing).toEqual([])
})
