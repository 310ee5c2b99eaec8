import { createContext, use } from 'react'

/** How the person who looks at the screen reads time. */
export interface Viewer {
  /** IANA name; undefined means the device's own. */
  readonly timeZone: string | undefined
  /** The language with the customs of the person's region, where the browser tells: en-GB, ar-EG. */
  readonly locale: string
}

const ViewerContext = createContext<Viewer>({ timeZone: undefined, locale: 'en' })

export const ViewerProvider = ViewerContext.Provider

export const useViewer = (): Viewer => use(ViewerContext)
