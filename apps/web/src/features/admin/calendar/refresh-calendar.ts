import type { QueryClient } from '@tanstack/react-query'

/** What a change of any entry makes old. */
export const refreshCalendar = (queryClient: QueryClient): Promise<unknown> =>
  Promise.all(['listCalendarEntries', 'listFreezes'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })))
