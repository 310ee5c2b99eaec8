import { randomBytes } from 'node:crypto'
import { defineError } from '@lyceum/platform/errors'
import type { Exchange, RawRoute } from '@lyceum/platform/module'
import { userContract } from '@lyceum/user/contract'
import type { CourseContext } from '../context.ts'
import { isZone } from './academic-calendar.ts'
import { selectEntries } from './select-entries.ts'
import { writeIcs } from './write-ics.ts'

const FeedEnded = defineError(
  'calendar.feed-ended',
  'not-found',
  () => 'This calendar link does not work any more. Ask an administrator of the school for the new one.'
)

/** Programs that subscribe ask every few hours; a school changes its exams less often. */
const KEEP_SECONDS = 900
const ENDING = '.ics'

/** 128 random bits: nobody finds it by trying. */
export const newFeedToken = (): string => randomBytes(16).toString('base64url')

export const feedUrl = (origin: string, token: string): string => `${origin}/api/v1/calendar/${token}${ENDING}`

/** `/calendar/<secret>.ics`: the school's calendar for calendar programs, which cannot sign in. */
export const calendarFeedRoute: RawRoute = {
  methods: ['GET', 'HEAD'],
  path: '/calendar/:file',
  access: 'anyone',
  summary: 'The school’s calendar as iCalendar, by its secret link',
  handle: serveFeed
}

async function serveFeed({ params: { file = '' }, req, res, call, transact }: Exchange): Promise<void> {
  const token = file.endsWith(ENDING) ? file.slice(0, -ENDING.length) : ''
  const entries = await transact(async (context: CourseContext) => {
    const feed = await context.tx
      .selectFrom('course.calendar_feed')
      .select('token')
      .where('token', '=', token)
      .executeTakeFirst()
    if (!feed) throw FeedEnded()
    return selectEntries(context)
      .select('changed_at as changedAt')
      .where('deleted_at', 'is', null)
      .orderBy('starts_on')
      .orderBy('id')
      .execute()
  })
  const { name, timeZone } = await call(userContract).getSchool({})
  const text = writeIcs({ name, timeZone: isZone(timeZone) ? timeZone : 'UTC', entries })
  res.setHeader('content-type', 'text/calendar; charset=utf-8')
  res.setHeader('content-disposition', 'inline; filename="calendar.ics"')
  res.setHeader('cache-control', `private, max-age=${KEEP_SECONDS}`)
  res.setHeader('content-length', Buffer.byteLength(text))
  res.end(req.method === 'HEAD' ? undefined : text)
}
