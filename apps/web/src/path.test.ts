import { matchRoutes } from 'react-router'
import { expect, test } from 'vitest'
import { path, safeReturn } from './path.ts'
import { routes } from './routes.tsx'

const ids = { courseId: 'c 1', itemId: 'i1', userId: 'u1', token: 't/1' }

test('addresses are what links in messages and bookmarks rely on', () => {
  expect(Object.fromEntries(Object.entries(path).map(([name, build]) => [name, build(ids)]))).toEqual({
    dashboard: '/',
    courses: '/courses',
    course: '/courses/c%201',
    item: '/courses/c%201/items/i1',
    courseEdit: '/courses/c%201/edit',
    itemEdit: '/courses/c%201/items/i1/edit',
    courseSettings: '/courses/c%201/settings',
    coursePeople: '/courses/c%201/people',
    coursePeopleImport: '/courses/c%201/people/import',
    courseProgress: '/courses/c%201/progress',
    admin: '/admin',
    people: '/admin/people',
    person: '/admin/people/u1',
    peopleImport: '/admin/people/import',
    school: '/admin/school',
    calendar: '/admin/calendar',
    signInProviders: '/admin/sign-in-providers',
    jobs: '/admin/jobs',
    events: '/admin/events',
    mail: '/admin/mail',
    operator: '/operator',
    account: '/account',
    accountPassword: '/account/password',
    accountSignIns: '/account/sign-ins',
    notifications: '/notifications',
    signIn: '/sign-in',
    signUp: '/sign-up',
    forgotPassword: '/forgot-password',
    resetPassword: '/reset-password/t%2F1',
    invitation: '/invitation/t%2F1',
    join: '/join/t%2F1',
    verifyEmail: '/verify-email/t%2F1',
    status: '/operator/status'
  })
})

test('every address leads to a screen', () => {
  for (const [name, build] of Object.entries(path)) {
    const last = matchRoutes(routes, build(ids))?.at(-1)?.route
    expect(last?.lazy, name).toBeDefined()
    expect(last?.path, name).not.toBe('*')
  }
})

test('signing in leads back, within this app only', () => {
  expect(path.signIn({ to: '/courses/1?tab=2#x' })).toBe('/sign-in?to=%2Fcourses%2F1%3Ftab%3D2%23x')
  expect(safeReturn('/courses/1?tab=2#x')).toBe('/courses/1?tab=2#x')
  expect(safeReturn(null)).toBe('/')
  for (const elsewhere of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/sign-in?to=/'
  ])
    expect(safeReturn(elsewhere), elsewhere).toBe('/')
})
