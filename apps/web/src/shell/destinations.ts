import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useDeferredValue, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { query } from '../api.ts'
import { path } from '../path.ts'
import { useMay, useMe } from './session.ts'

export interface Destination {
  readonly kind: 'page' | 'setting' | 'course' | 'item' | 'person'
  readonly label: string
  readonly hint?: string
  readonly to: string
}

const PAUSE_MS = 180
const FEW = 6

/** Everywhere a person may go whose name contains `text`, best known first. */
export function useDestinations(text: string): { destinations: readonly Destination[]; searching: boolean } {
  const words = text.trim()
  const search = usePause(words)
  const mayFindPeople = useMay('people:read')
  const pages = usePages()
  const items = useItemsOfCourse()
  const courses = useQuery(query('course', 'listCourses', { limit: FEW, ...(search ? { search } : {}) }))
  const people = useQuery({
    ...query('user', 'listPeople', { limit: FEW, search }),
    enabled: mayFindPeople && search.length > 1
  })

  const contains = ({ label }: Destination) => label.toLocaleLowerCase().includes(words.toLocaleLowerCase())
  const destinations = [
    ...pages.filter(contains),
    ...(words ? items.filter(contains).slice(0, FEW) : []),
    ...(courses.data?.entries ?? []).map(
      ({ id, title, code }): Destination => ({
        kind: 'course',
        label: title,
        ...(code ? { hint: code } : {}),
        to: path.course({ courseId: id })
      })
    ),
    ...(words ? (people.data?.entries ?? []) : []).map(
      ({ id, name, email }): Destination => ({
        kind: 'person',
        label: name,
        hint: email,
        to: path.person({ userId: id })
      })
    )
  ]
  return { destinations, searching: search !== words || courses.isFetching || people.isFetching }
}

function usePages(): readonly Destination[] {
  const { t } = useTranslation()
  const me = useMe()
  const may = (permission: string) => me.permissions.includes(permission)
  const page = (label: string, to: string): Destination => ({ kind: 'page', label, to })
  const setting = (label: string, to: string): Destination => ({ kind: 'setting', label, to })
  return [
    page(t('rail.dashboard'), path.dashboard()),
    page(t('rail.courses'), path.courses()),
    page(t('bell.label'), path.notifications()),
    setting(t('me.account'), path.account()),
    setting(t('place.password'), path.accountPassword()),
    setting(t('place.signIns'), path.accountSignIns()),
    ...(may('people:read') ? [page(t('place.people'), path.people())] : []),
    ...(may('people:manage') ? [page(t('place.peopleImport'), path.peopleImport())] : []),
    ...(may('school:manage')
      ? [
          page(t('rail.admin'), path.admin()),
          setting(t('place.school'), path.school()),
          setting(t('place.providers'), path.signInProviders())
        ]
      : []),
    ...(may('calendar:manage') ? [page(t('place.calendar'), path.calendar())] : []),
    ...(may('system:read') ? [page(t('place.jobs'), path.jobs()), page(t('place.events'), path.events())] : []),
    ...(may('mail:read') ? [page(t('place.mail'), path.mail())] : []),
    ...(me.operator ? [page(t('me.operator'), path.operator()), page(t('place.status'), path.status())] : [])
  ]
}

/** The items of the course on the screen, as far as they have been read already. */
function useItemsOfCourse(): readonly Destination[] {
  const { courseId } = useParams()
  const queryClient = useQueryClient()
  if (courseId === undefined) return []
  const home = queryClient.getQueryData(query('course', 'getCourseHome', { courseId }).queryKey)
  return (home?.units ?? []).flatMap((unit) =>
    unit.items
      .filter(({ kind }) => kind !== 'heading')
      .map(
        ({ id, title }): Destination => ({
          kind: 'item',
          label: title,
          hint: unit.title,
          to: path.item({ courseId, itemId: id })
        })
      )
  )
}

/** The text once the person has paused. */
function usePause(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return useDeferredValue(settled)
}
