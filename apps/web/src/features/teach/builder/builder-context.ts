import type { OutlineItem, OutlineUnit } from '@lyceum/course/contract'
import { createContext, use } from 'react'
import type { OutlineEdits } from './use-outline-edits.ts'

/** What is open in front of or beside the outline. */
export type Opened =
  | { readonly kind: 'item-settings'; readonly item: OutlineItem }
  | { readonly kind: 'unit-settings'; readonly unit: OutlineUnit }
  | { readonly kind: 'move'; readonly items: readonly OutlineItem[] }

export interface Builder {
  readonly courseId: string
  readonly edits: OutlineEdits
  readonly selected: ReadonlySet<string>
  /** Check boxes stay in sight; otherwise they show where the mouse or the focus is. */
  readonly selecting: boolean
  readonly select: (id: string, on: boolean) => void
  readonly open: (what: Opened) => void
  /** What is being moved by keys, if anything. */
  readonly movingId: string | undefined
  readonly beginMoving: (id: string) => void
}

const BuilderContext = createContext<Builder | undefined>(undefined)

export const BuilderProvider = BuilderContext.Provider

export function useBuilder(): Builder {
  const builder = use(BuilderContext)
  if (!builder) throw new Error('This belongs into an outline that is being edited.')
  return builder
}
