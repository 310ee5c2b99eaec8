import 'react'

declare module 'react' {
  interface CSSProperties {
    /** The colour of a course, for the style sheets below. */
    '--course'?: string
  }
}
