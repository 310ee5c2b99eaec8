import { MantineProvider } from '@mantine/core'
import { ErrorState } from '../ui/error-state.tsx'
import { themeOf } from '../ui/theme.ts'

/** When not even the school could be asked for: no look of its own, but the same plain words. */
export function StartFailure({ error }: { readonly error: unknown }) {
  return (
    <MantineProvider theme={themeOf({ primaryColor: '#1d4d4f', accentColor: '#8a4b12' })} defaultColorScheme="auto">
      <main>
        <ErrorState error={error} onRetry={() => location.reload()} />
      </main>
    </MantineProvider>
  )
}
