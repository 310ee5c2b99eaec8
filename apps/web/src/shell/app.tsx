import { DirectionProvider, MantineProvider, useDirection } from '@mantine/core'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { DataRouter } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { directionOf, regional } from '../locale/i18n.ts'
import { themeOf } from '../ui/theme.ts'
import { ToastRegion } from '../ui/toast-region.tsx'
import { ViewerProvider } from '../ui/viewer.tsx'
import { useMaybeMe, useSchool } from './session.ts'

interface Props {
  readonly router: DataRouter
  readonly queryClient: QueryClient
}

/** Everything a screen may count on: data, language and direction, the school's look, the viewer's zone. */
export function App({ router, queryClient }: Props) {
  return (
    <QueryClientProvider client={queryClient}>
      <DirectionProvider detectDirection>
        <Look>
          <RouterProvider router={router} />
          <ToastRegion />
        </Look>
      </DirectionProvider>
    </QueryClientProvider>
  )
}

function Look({ children }: { readonly children: ReactNode }) {
  const { primaryColor, accentColor } = useSchool().theme
  const timeZone = useMaybeMe()?.timeZone ?? undefined
  const theme = useMemo(() => themeOf({ primaryColor, accentColor }), [primaryColor, accentColor])
  const { i18n } = useTranslation()
  const locale = regional(i18n.language)
  const viewer = useMemo(() => ({ timeZone, locale }), [timeZone, locale])
  const { setDirection } = useDirection()
  useEffect(() => setDirection(directionOf(i18n.language)), [i18n.language, setDirection])
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <ViewerProvider value={viewer}>{children}</ViewerProvider>
    </MantineProvider>
  )
}
