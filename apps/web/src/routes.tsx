import type { ComponentType } from 'react'
import type { RouteObject } from 'react-router'
import { loadWords } from './locale/i18n.ts'
import { FailurePage, NotFoundPage } from './shell/failure-page.tsx'

type Words = 'account' | 'admin' | 'auth' | 'learn' | 'people' | 'shell' | 'teach'

/** A page whose code and words are fetched together, when somebody goes there. */
const page = (words: Words, load: () => Promise<{ default: ComponentType }>): Pick<RouteObject, 'lazy'> => ({
  lazy: async () => {
    const [module] = await Promise.all([load(), loadWords(words)])
    return { Component: module.default }
  }
})

const frame: Pick<RouteObject, 'lazy'> = {
  lazy: async () => ({ Component: (await import('./shell/frame.tsx')).Frame })
}
const courseFrame: Pick<RouteObject, 'lazy'> = {
  lazy: async () => ({ Component: (await import('./shell/course-frame.tsx')).CourseFrame })
}
const adminFrame: Pick<RouteObject, 'lazy'> = {
  lazy: async () => ({ Component: (await import('./shell/admin-frame.tsx')).AdminFrame })
}
const operatorFrame: Pick<RouteObject, 'lazy'> = {
  lazy: async () => ({ Component: (await import('./shell/operator-frame.tsx')).OperatorFrame })
}
const accountFrame: Pick<RouteObject, 'lazy'> = {
  lazy: async () => ({ Component: (await import('./shell/account-frame.tsx')).AccountFrame })
}

/** Every screen of the app and where it lives. */
export const routes: RouteObject[] = [
  {
    ErrorBoundary: FailurePage,
    HydrateFallback: () => null,
    children: [
      { path: '/sign-in', ...page('auth', () => import('./features/auth/sign-in-page.tsx')) },
      { path: '/sign-up', ...page('auth', () => import('./features/auth/sign-up-page.tsx')) },
      { path: '/forgot-password', ...page('auth', () => import('./features/auth/forgot-password-page.tsx')) },
      { path: '/reset-password/:token', ...page('auth', () => import('./features/auth/reset-password-page.tsx')) },
      { path: '/invitation/:token', ...page('auth', () => import('./features/auth/invitation-page.tsx')) },
      { path: '/join/:token', ...page('auth', () => import('./features/auth/join-page.tsx')) },
      { path: '/verify-email/:token', ...page('auth', () => import('./features/auth/verify-email-page.tsx')) },
      {
        ...frame,
        children: [
          {
            ErrorBoundary: FailurePage,
            children: [
              { path: '/', ...page('learn', () => import('./features/learn/dashboard-page.tsx')) },
              { path: '/courses', ...page('teach', () => import('./features/teach/course-list-page.tsx')) },
              {
                path: '/courses/:courseId',
                ...courseFrame,
                children: [
                  { index: true, ...page('learn', () => import('./features/learn/course-home-page.tsx')) },
                  { path: 'edit', ...page('teach', () => import('./features/teach/course-builder-page.tsx')) },
                  { path: 'settings', ...page('teach', () => import('./features/teach/course-settings-page.tsx')) },
                  { path: 'people', ...page('people', () => import('./features/people/course-people-page.tsx')) },
                  {
                    path: 'people/import',
                    ...page('people', () => import('./features/people/people-import-page.tsx'))
                  },
                  { path: 'progress', ...page('people', () => import('./features/people/course-progress-page.tsx')) }
                ]
              },
              {
                path: '/courses/:courseId/items/:itemId',
                ...page('learn', () => import('./features/learn/item-page.tsx'))
              },
              {
                path: '/courses/:courseId/items/:itemId/edit',
                ...page('teach', () => import('./features/teach/page-editor-page.tsx'))
              },
              {
                path: '/admin',
                ...adminFrame,
                children: [
                  { index: true, ...page('admin', () => import('./features/admin/overview-page.tsx')) },
                  { path: 'people', ...page('admin', () => import('./features/admin/people-page.tsx')) },
                  {
                    path: 'people/import',
                    ...page('people', () => import('./features/people/people-import-page.tsx'))
                  },
                  { path: 'people/:userId', ...page('admin', () => import('./features/admin/person-page.tsx')) },
                  { path: 'school', ...page('admin', () => import('./features/admin/school-page.tsx')) },
                  { path: 'calendar', ...page('admin', () => import('./features/admin/calendar-page.tsx')) },
                  {
                    path: 'sign-in-providers',
                    ...page('admin', () => import('./features/admin/sign-in-providers-page.tsx'))
                  },
                  { path: 'jobs', ...page('admin', () => import('./features/admin/jobs-page.tsx')) },
                  { path: 'events', ...page('admin', () => import('./features/admin/events-page.tsx')) },
                  { path: 'mail', ...page('admin', () => import('./features/admin/mail-page.tsx')) }
                ]
              },
              {
                path: '/operator',
                ...operatorFrame,
                children: [
                  { index: true, ...page('admin', () => import('./features/admin/operator-page.tsx')) },
                  { path: 'status', ...page('admin', () => import('./features/admin/status-page.tsx')) }
                ]
              },
              {
                path: '/account',
                ...accountFrame,
                children: [
                  { index: true, ...page('account', () => import('./features/account/profile-page.tsx')) },
                  { path: 'password', ...page('account', () => import('./features/account/password-page.tsx')) },
                  { path: 'sign-ins', ...page('account', () => import('./features/account/sign-ins-page.tsx')) }
                ]
              },
              { path: '/notifications', ...page('account', () => import('./features/account/notifications-page.tsx')) },
              { path: '*', Component: NotFoundPage }
            ]
          }
        ]
      }
    ]
  }
]
