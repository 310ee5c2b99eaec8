import { createTheme, type MantineColorsTuple, type MantineThemeOverride } from '@mantine/core'
import { paletteOf } from './palette.ts'

const SANS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "Noto Sans Arabic", sans-serif'
/** The reading voice of headings: the serif each system brings along, nothing to download. */
const SERIF =
  'ui-serif, "Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", Georgia, "Liberation Serif", "Noto Naskh Arabic", serif'

/** Warm greys; the page is paper, not a screen. */
const gray: MantineColorsTuple = [
  '#faf9f6',
  '#f3f1ec',
  '#e8e5dd',
  '#d8d4ca',
  '#bdb8ac',
  '#9a958a',
  '#79746a',
  '#5c584f',
  '#403d37',
  '#26241f'
]
const dark: MantineColorsTuple = [
  '#eceae6',
  '#c9c6c1',
  '#a3a09c',
  '#74727a',
  '#4b4a52',
  '#3a3941',
  '#2b2b32',
  '#212126',
  '#1a1a1e',
  '#131316'
]

/** The look of a school: two colours of its own choice, everything else ours. */
export function themeOf({ primaryColor, accentColor }: { primaryColor: string; accentColor: string }) {
  const theme: MantineThemeOverride = createTheme({
    colors: {
      danger: [...paletteOf('#b3261e')],
      brand: [...paletteOf(primaryColor)],
      accent: [...paletteOf(accentColor)],
      gray,
      dark
    },
    primaryColor: 'brand',
    primaryShade: { light: 6, dark: 5 },
    black: '#1f1c17',
    fontFamily: SANS,
    fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace',
    headings: {
      fontFamily: SERIF,
      fontWeight: '600',
      textWrap: 'balance',
      sizes: {
        h1: { fontSize: 'clamp(1.625rem, 1.35rem + 1.1vw, 2.125rem)', lineHeight: '1.18' },
        h2: { fontSize: '1.375rem', lineHeight: '1.25' },
        h3: { fontSize: '1.125rem', lineHeight: '1.35' },
        h4: { fontSize: '1rem', lineHeight: '1.4' }
      }
    },
    fontSizes: { xs: '0.8125rem', sm: '0.9375rem', md: '1rem', lg: '1.125rem', xl: '1.375rem' },
    defaultRadius: 'md',
    radius: { xs: '4px', sm: '6px', md: '10px', lg: '14px', xl: '22px' },
    cursorType: 'pointer',
    respectReducedMotion: true,
    components: {
      Button: { defaultProps: { size: 'md' } },
      TextInput: { defaultProps: { size: 'md' } },
      PasswordInput: { defaultProps: { size: 'md' } },
      Textarea: { defaultProps: { size: 'md' } },
      Select: { defaultProps: { size: 'md' } },
      NativeSelect: { defaultProps: { size: 'md' } }
    }
  })
  return theme
}
