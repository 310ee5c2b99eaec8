interface InCourse {
  readonly courseId: string
}
interface OfItem extends InCourse {
  readonly itemId: string
}
interface WithToken {
  readonly token: string
}

const seg = encodeURIComponent

/** Every address of the app. Screens link through these, never through a string of their own. */
export const path = {
  dashboard: () => '/',
  courses: () => '/courses',
  course: ({ courseId }: InCourse) => `/courses/${seg(courseId)}`,
  item: ({ courseId, itemId }: OfItem) => `/courses/${seg(courseId)}/items/${seg(itemId)}`,
  courseEdit: ({ courseId }: InCourse) => `/courses/${seg(courseId)}/edit`,
  itemEdit: ({ courseId, itemId }: OfItem) => `/courses/${seg(courseId)}/items/${seg(itemId)}/edit`,
  courseSettings: ({ courseId }: InCourse) => `/courses/${seg(courseId)}/settings`,
  coursePeople: ({ courseId }: InCourse) => `/courses/${seg(courseId)}/people`,
  coursePeopleImport: ({ courseId }: InCourse) => `/courses/${seg(courseId)}/people/import`,
  courseProgress: ({ courseId }: InCourse) => `/courses/${seg(courseId)}/progress`,

  admin: () => '/admin',
  people: () => '/admin/people',
  person: ({ userId }: { readonly userId: string }) => `/admin/people/${seg(userId)}`,
  peopleImport: () => '/admin/people/import',
  school: () => '/admin/school',
  calendar: () => '/admin/calendar',
  signInProviders: () => '/admin/sign-in-providers',
  jobs: () => '/admin/jobs',
  events: () => '/admin/events',
  mail: () => '/admin/mail',
  operator: () => '/operator',
  status: () => '/operator/status',

  account: () => '/account',
  accountPassword: () => '/account/password',
  accountSignIns: () => '/account/sign-ins',
  notifications: () => '/notifications',

  signIn: ({ to }: { readonly to?: string } = {}) =>
    to && to !== '/' ? `/sign-in?${new URLSearchParams({ to })}` : '/sign-in',
  signUp: () => '/sign-up',
  forgotPassword: () => '/forgot-password',
  resetPassword: ({ token }: WithToken) => `/reset-password/${seg(token)}`,
  invitation: ({ token }: WithToken) => `/invitation/${seg(token)}`,
  join: ({ token }: WithToken) => `/join/${seg(token)}`,
  verifyEmail: ({ token }: WithToken) => `/verify-email/${seg(token)}`
} as const

/** Where to go after signing in: a place in this app, or the dashboard; never another site. */
export function safeReturn(to: string | null): string {
  if (!to?.startsWith('/')) return path.dashboard()
  const url = new URL(to, 'https://here.invalid')
  return url.host === 'here.invalid' && !url.pathname.startsWith('//') && !url.pathname.startsWith('/sign-in')
    ? url.pathname + url.search + url.hash
    : path.dashboard()
}
