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
  readonly device: Device
}

/** What the browser, or the server on its behalf, knows of the device. */
export interface Device {
  /** In the order of preference, as the browser's owner set them. */
  readonly languages: readonly string[]
  /** IANA name; undefined where dates come out in the device's zone by themselves. */
  readonly timeZone: string | undefined
}

/** Everything a screen may count on: data, language and direction, the school's look, the viewer's zone. */
export function App({ router, queryClient, device }: Props) {
  useEffect(takeOver, [])
  return (
    <QueryClientProvider client={queryClient}>
      <DirectionProvider detectDirection>
        <Look device={device}>
          <RouterProvider router={router} />
          <ToastRegion />
        </Look>
      </DirectionProvider>
    </QueryClientProvider>
  )
}

/** From here on pages answer their forms; one that was sent before that (`index.html` kept it) is sent again. */
function takeOver(): void {
  document.documentElement.dataset.ready = ''
  const form = document.querySelector<HTMLFormElement>('form[data-waiting]')
  delete form?.dataset.waiting
  form?.requestSubmit()
}

function Look({ device, children }: { readonly device: Device; readonly children: ReactNode }) {
  const { primaryColor, accentColor } = useSchool().theme
  const timeZone = useMaybeMe()?.timeZone ?? device.timeZone
  const theme = useMemo(() => themeOf({ primaryColor, accentColor }), [primaryColor, accentColor])
  const { i18n } = useTranslation()
  const locale = regional(i18n.language, device.languages)
  const viewer = useMemo(() => ({ timeZone, locale }), [timeZone, locale])
  const { setDirection } = useDirection()
  useEffect(() => setDirection(directionOf(i18n.language)), [i18n.language, setDirection])
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <ViewerProvider value={viewer}>{children}</ViewerProvider>
    </MantineProvider>
  )
}
