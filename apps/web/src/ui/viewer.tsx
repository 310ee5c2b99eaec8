import { createContext, use } from 'react'

/** How the person who looks at the screen reads time. */
export interface Viewer {
  /** IANA name; undefined means the device's own. */
  readonly timeZone: string | undefined
}

const ViewerContext = createContext<Viewer>({ timeZone: undefined })

export const ViewerProvider = ViewerContext.Provider

export const useViewer = (): Viewer => use(ViewerContext)
