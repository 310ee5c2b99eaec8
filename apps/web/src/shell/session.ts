import { ProblemError } from '@lyceum/client'
import type { Me, School } from '@lyceum/user/contract'
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { api, rememberSignedIn } from '../api.ts'
import { deviceZone } from '../device-zone.ts'
import { settleLanguage } from '../locale/i18n.ts'
import { path } from '../path.ts'

/** Who is signed in, or null. */
export const meQuery = queryOptions({
  queryKey: ['getMe', {}] as const,
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      const me = await api.user.getMe({}, { signal })
      rememberSignedIn(true)
      return me
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401) return null
      throw error
    }
  },
  staleTime: 5 * 60_000
})

export const schoolQuery = queryOptions({
  queryKey: ['getSchool', {}] as const,
  queryFn: ({ signal }): Promise<School> => api.user.getSchool({}, { signal }),
  staleTime: 5 * 60_000
})

/** The person signed in; for pages inside the frame, which are shown to nobody else. */
export function useMe(): Me {
  const me = useMaybeMe()
  if (!me) throw new Error('This page is only for people who are signed in.')
  return me
}

export const useMaybeMe = (): Me | null => useQuery(meQuery).data ?? null

/** Known before the first screen is drawn. */
export function useSchool(): School {
  const school = useQuery(schoolQuery).data
  if (!school) throw new Error('The school is not known yet.')
  return school
}

/** Whether the person signed in has a permission of the school, such as `people:manage`. Ask this, never the role. */
export const useMay = (permission: string): boolean => useMaybeMe()?.permissions.includes(permission) ?? false

/** Opened when first needed: the server draws these screens too, and has no tabs. */
let channel: BroadcastChannel | undefined
function otherTabs(): BroadcastChannel {
  channel ??= new BroadcastChannel('lyceum.session')
  return channel
}

/** Makes a fresh sign-in known to every screen: nothing of the person before may remain. */
export async function beginSession(queryClient: QueryClient, user: Me): Promise<void> {
  forgetOthers(queryClient)
  queryClient.setQueryData(meQuery.queryKey, user)
  rememberSignedIn(true)
  // So that the next visit is drawn with the right dates.
  deviceZone()
  otherTabs().postMessage(user.id)
  await settleLanguage(user.locale, queryClient.getQueryData(schoolQuery.queryKey)?.locale)
}

/** Forgets the person on this page, after the server has done so. */
export function endSession(queryClient: QueryClient, { tellTabs = true } = {}): void {
  forgetOthers(queryClient)
  queryClient.setQueryData(meQuery.queryKey, null)
  rememberSignedIn(false)
  if (tellTabs) otherTabs().postMessage(null)
}

/** Everything read for one person goes; who it is, and the school, stay and are watched by the screen. */
function forgetOthers(queryClient: QueryClient): void {
  const kept: readonly unknown[] = [meQuery.queryKey[0], schoolQuery.queryKey[0]]
  queryClient.removeQueries({ predicate: ({ queryKey }) => !kept.includes(queryKey[0]) })
}

/** Goes to the door after signing out. The page is loaded anew: nothing of the person stays in its memory. */
export function leave(): void {
  rememberSignedIn(false)
  otherTabs().postMessage(null)
  location.assign(path.signIn())
}

/** Signing in or out in one tab holds in all: they load again unless the same person is still there. */
export function followOtherTabs(queryClient: QueryClient): void {
  otherTabs().onmessage = ({ data }: MessageEvent<string | null>) => {
    if ((queryClient.getQueryData(meQuery.queryKey)?.id ?? null) !== data) location.reload()
  }
}
