import { defineContract, defineEvent } from '@lyceum/platform/contract'
import {
  Done,
  Email,
  Id,
  Instant,
  Locale,
  line,
  Nothing,
  nullable,
  oneOf,
  pageInput,
  pageOf
} from '@lyceum/platform/schema'
import Type, { type Static } from 'typebox'

export const ItemKind = oneOf(['page', 'video', 'file', 'link', 'heading'])
export type ItemKind = Static<typeof ItemKind>

/** What a person is in one course. */
export const EnrolmentRole = oneOf(['teacher', 'assistant', 'learner', 'observer'])
export type EnrolmentRole = Static<typeof EnrolmentRole>

export const CourseStatus = oneOf(['draft', 'published', 'archived'])

/** What completes an item: opening it, staying, watching, saying so; `none` is never asked for. */
export const CompletionRule = Type.Union([
  Type.Object({ kind: Type.Literal('none') }),
  Type.Object({ kind: Type.Literal('open') }),
  Type.Object({ kind: Type.Literal('time'), seconds: Type.Integer({ minimum: 5, maximum: 14400 }) }),
  Type.Object({ kind: Type.Literal('watched'), percent: Type.Integer({ minimum: 1, maximum: 100 }) }),
  Type.Object({ kind: Type.Literal('done') })
])
export type CompletionRule = Static<typeof CompletionRule>

export const ProgressState = oneOf(['not-started', 'in-progress', 'completed'])
export type ProgressState = Static<typeof ProgressState>

/** Why something cannot be opened yet, as facts the screen puts in plain words. */
export const LockReason = Type.Union([
  Type.Object({ code: Type.Literal('opens-at'), at: Instant }),
  Type.Object({ code: Type.Literal('unit-opens-at'), at: Instant, unitTitle: Type.String() }),
  Type.Object({ code: Type.Literal('course-starts-at'), at: Instant }),
  Type.Object({ code: Type.Literal('course-ended-at'), at: Instant }),
  Type.Object({
    code: Type.Literal('requires-item'),
    itemId: Id,
    itemTitle: Type.String(),
    completion: CompletionRule
  }),
  Type.Object({ code: Type.Literal('requires-unit'), unitId: Id, unitTitle: Type.String(), remaining: Type.Integer() })
])
export type LockReason = Static<typeof LockReason>

/** Where a learner was inside an item: the block at the top of the screen and how far into it, or seconds of a video. */
export const Position = Type.Union([
  Type.Object({ block: Type.Integer({ minimum: 0 }), offset: Type.Number({ minimum: 0, maximum: 1 }) }),
  Type.Object({ seconds: Type.Number({ minimum: 0 }) })
])
export type Position = Static<typeof Position>

export const Course = Type.Object({
  id: Id,
  title: Type.String(),
  code: nullable(Type.String()),
  description: Type.String(),
  locale: nullable(Locale),
  status: CourseStatus,
  startsAt: nullable(Instant),
  endsAt: nullable(Instant),
  coverUrl: nullable(Type.String()),
  coverFileId: nullable(Id),
  color: Type.String({ description: '#rrggbb, from the course id unless chosen' }),
  publishedAt: nullable(Instant),
  deletedAt: nullable(Instant),
  /** Counts edits of these fields; for If-Match. */
  version: Type.Integer(),
  /** Counts edits of units and items; for If-Match on the outline. */
  outlineVersion: Type.Integer()
})
export type Course = Static<typeof Course>

const Progress = Type.Object({
  completed: Type.Integer(),
  total: Type.Integer(),
  minutesLeft: Type.Integer(),
  completedAt: nullable(Instant)
})

export const CourseCard = Type.Object({
  ...Course.properties,
  role: nullable(EnrolmentRole),
  progress: Progress,
  /** Where “Continue” leads: the item left open last, else the first unfinished one. */
  resume: nullable(
    Type.Object({
      itemId: Id,
      title: Type.String(),
      kind: ItemKind,
      minutes: nullable(Type.Integer()),
      state: ProgressState
    })
  ),
  learners: nullable(Type.Integer({ description: 'for staff: how many learners are enrolled' })),
  lock: Type.Array(LockReason)
})
export type CourseCard = Static<typeof CourseCard>

export const NextUp = Type.Object({
  itemId: Id,
  title: Type.String(),
  kind: ItemKind,
  courseId: Id,
  courseTitle: Type.String(),
  color: Type.String(),
  dueAt: nullable(Instant),
  minutes: nullable(Type.Integer()),
  state: ProgressState
})
export type NextUp = Static<typeof NextUp>

export const Dashboard = Type.Object({
  nextUp: Type.Array(NextUp, { description: 'at most three, most urgent first' }),
  studying: Type.Array(CourseCard),
  teaching: Type.Array(CourseCard)
})
export type Dashboard = Static<typeof Dashboard>

export const OutlineItem = Type.Object({
  id: Id,
  unitId: Id,
  kind: ItemKind,
  title: Type.String(),
  minutes: nullable(Type.Integer()),
  published: Type.Boolean(),
  completion: CompletionRule,
  opensAt: nullable(Instant),
  dueAt: nullable(Instant),
  requires: Type.Array(Id, { description: 'items that must be completed first' }),
  state: ProgressState,
  completedAt: nullable(Instant),
  lock: Type.Array(LockReason),
  version: Type.Integer()
})
export type OutlineItem = Static<typeof OutlineItem>

export const OutlineUnit = Type.Object({
  id: Id,
  title: Type.String(),
  opensAt: nullable(Instant),
  requires: Type.Array(Id, { description: 'units that must be completed first' }),
  lock: Type.Array(LockReason),
  items: Type.Array(OutlineItem),
  version: Type.Integer()
})
export type OutlineUnit = Static<typeof OutlineUnit>

/** What the caller may do in a course, and because of what; the screen asks this, never the role. */
export const CourseAbilities = Type.Object({
  edit: Type.Boolean(),
  managePeople: Type.Boolean(),
  seeProgress: Type.Boolean(),
  study: Type.Boolean(),
  because: Type.String({ description: 'the enrolment role, or the permission `courses:manage`' })
})
export type CourseAbilities = Static<typeof CourseAbilities>

export const CourseHome = Type.Object({
  course: Course,
  role: nullable(EnrolmentRole),
  abilities: CourseAbilities,
  teachers: Type.Array(Type.Object({ userId: Id, name: Type.String() })),
  units: Type.Array(OutlineUnit),
  progress: Progress,
  resume: CourseCard.properties.resume
})
export type CourseHome = Static<typeof CourseHome>

export const Item = Type.Object({
  ...OutlineItem.properties,
  courseId: Id,
  courseTitle: Type.String(),
  unitTitle: Type.String(),
  /** For a page: sanitised HTML with signed addresses of its files. Null for other kinds, and while locked. */
  html: nullable(Type.String()),
  /** For a video or file: where to get it. Null while locked. */
  file: nullable(
    Type.Object({
      id: Id,
      name: Type.String(),
      mediaType: Type.String(),
      size: Type.Integer(),
      url: Type.String(),
      captions: Type.Array(Type.Object({ fileId: Id, locale: Locale, label: Type.String(), url: Type.String() }))
    })
  ),
  /** For a link, or a video kept elsewhere. */
  url: nullable(Type.String()),
  note: nullable(Type.String({ description: 'plain text shown with files, videos and links' })),
  position: nullable(Position),
  watchedPercent: Type.Integer(),
  secondsSpent: Type.Integer(),
  previousItemId: nullable(Id),
  nextItemId: nullable(Id)
})
export type Item = Static<typeof Item>

export const Page = Type.Object({
  itemId: Id,
  html: Type.String(),
  version: Type.Integer(),
  savedAt: Instant,
  savedBy: nullable(Type.String())
})
export type Page = Static<typeof Page>

export const Enrolment = Type.Object({
  id: Id,
  courseId: Id,
  userId: Id,
  name: Type.String(),
  email: Type.String(),
  role: EnrolmentRole,
  status: oneOf(['invited', 'active']),
  enrolledAt: Instant,
  lastSeenAt: nullable(Instant),
  completed: Type.Integer(),
  total: Type.Integer(),
  completedAt: nullable(Instant),
  observes: Type.Array(Id, { description: 'for observers: the learners they may follow' })
})
export type Enrolment = Static<typeof Enrolment>

export const JoinLink = Type.Object({
  id: Id,
  courseId: Id,
  url: Type.String(),
  role: EnrolmentRole,
  expiresAt: nullable(Instant),
  maxUses: nullable(Type.Integer()),
  uses: Type.Integer(),
  createdAt: Instant
})
export type JoinLink = Static<typeof JoinLink>

export const ImportRow = Type.Object({
  row: Type.Integer({ description: 'line in the file, the header being 1' }),
  name: Type.String(),
  email: Type.String(),
  role: Type.String(),
  course: Type.String(),
  outcome: oneOf(['create', 'enrol', 'unchanged', 'error', 'done', 'undone', 'failed']),
  errors: Type.Array(Type.Object({ column: Type.String(), code: Type.String(), message: Type.String() }))
})
export type ImportRow = Static<typeof ImportRow>

/** One CSV of people: checked first, then committed, and undone if it was the wrong file. */
export const PeopleImport = Type.Object({
  id: Id,
  fileName: Type.String(),
  courseId: nullable(Id),
  state: oneOf(['checking', 'checked', 'committing', 'committed', 'undoing', 'undone', 'failed']),
  counts: Type.Object({
    rows: Type.Integer(),
    create: Type.Integer(),
    enrol: Type.Integer(),
    unchanged: Type.Integer(),
    errors: Type.Integer(),
    done: Type.Integer()
  }),
  message: nullable(Type.String()),
  createdAt: Instant,
  createdBy: Type.String()
})
export type PeopleImport = Static<typeof PeopleImport>

/** A folder or zip of Markdown on its way to becoming a course. */
export const CourseImport = Type.Object({
  id: Id,
  fileName: Type.String(),
  state: oneOf(['waiting', 'reading', 'storing', 'done', 'failed']),
  courseId: nullable(Id),
  units: Type.Integer(),
  items: Type.Integer(),
  assets: Type.Integer(),
  warnings: Type.Array(
    Type.Object({ code: Type.String(), path: Type.Optional(Type.String()), message: Type.String() })
  ),
  error: nullable(Type.Object({ code: Type.String(), message: Type.String() })),
  createdAt: Instant
})
export type CourseImport = Static<typeof CourseImport>

export const LearnerProgress = Type.Object({
  userId: Id,
  name: Type.String(),
  email: Type.String(),
  completed: Type.Integer(),
  total: Type.Integer(),
  lastSeenAt: nullable(Instant),
  completedAt: nullable(Instant),
  secondsSpent: Type.Integer(),
  /** One letter per item in outline order: n not started, p in progress, c completed. */
  states: Type.String()
})
export type LearnerProgress = Static<typeof LearnerProgress>

export const ItemProgress = Type.Object({
  itemId: Id,
  title: Type.String(),
  kind: ItemKind,
  notStarted: Type.Integer(),
  inProgress: Type.Integer(),
  completed: Type.Integer(),
  medianSeconds: nullable(Type.Integer())
})
export type ItemProgress = Static<typeof ItemProgress>

export const CalendarKind = oneOf(['term', 'exam-period', 'holiday', 'event'])
export type CalendarKind = Static<typeof CalendarKind>

/** A day as the school's calendar names it, whatever the zone of whoever reads it. */
const Day = Type.String({ format: 'date', description: 'YYYY-MM-DD in the school’s own time zone' })
const TimeOfDay = Type.String({
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  maxLength: 5,
  description: 'HH:MM in the school’s own time zone'
})

const calendarDates = {
  startsOn: Day,
  endsOn: Type.String({ ...Day, description: 'the last day, which belongs to it' }),
  startTime: nullable(TimeOfDay),
  endTime: nullable(TimeOfDay)
}

/** A term, exam period, holiday or event: whole days, or from a time to a time. */
export const CalendarEntry = Type.Object({
  id: Id,
  kind: CalendarKind,
  title: Type.String(),
  ...calendarDates,
  freezes: Type.Boolean({ description: 'whether no new release is started while it lasts' }),
  marginHours: Type.Integer({ description: 'how many hours before its start releases stop' }),
  noExams: Type.Boolean({ description: 'of a term: an administrator said that it has no exam periods' }),
  imported: Type.Boolean({ description: 'came from a file; importing that again changes it' }),
  version: Type.Integer()
})
export type CalendarEntry = Static<typeof CalendarEntry>

/** A time in which no release is started, and why; `from` null has always been, `until` null lasts until somebody acts. */
export const Freeze = Type.Object({
  because: oneOf([
    'exam-period',
    'event',
    'term-without-exams',
    'calendar-missing',
    'calendar-ended',
    'time-zone-unknown'
  ]),
  entryId: nullable(Id),
  title: nullable(Type.String()),
  from: nullable(Instant),
  startsAt: nullable(Type.String({ ...Instant, description: 'when the entry itself begins, after the margin' })),
  until: nullable(Instant)
})
export type Freeze = Static<typeof Freeze>

export const FreezeState = Type.Object({
  open: Type.Boolean(),
  because: Type.Array(Freeze, { description: 'every reason that holds at that instant' }),
  until: nullable(Type.String({ ...Instant, description: 'when releases are open again, all reasons together' })),
  next: nullable(Freeze)
})
export type FreezeState = Static<typeof FreezeState>

/** One occurrence in a file of another calendar, and what importing it would do. */
export const CalendarImportRow = Type.Object({
  row: Type.Integer({ description: 'place in the answer, from 1' }),
  uid: Type.String(),
  kind: nullable(CalendarKind),
  title: Type.String(),
  startsOn: nullable(Day),
  endsOn: nullable(Day),
  startTime: nullable(TimeOfDay),
  endTime: nullable(TimeOfDay),
  outcome: oneOf(['create', 'replace', 'unchanged', 'remove', 'outside', 'error']),
  faults: Type.Array(Type.Object({ code: Type.String(), message: Type.String() }))
})
export type CalendarImportRow = Static<typeof CalendarImportRow>

export const CalendarImport = Type.Object({
  rows: Type.Array(CalendarImportRow),
  counts: Type.Object({
    create: Type.Integer(),
    replace: Type.Integer(),
    unchanged: Type.Integer(),
    remove: Type.Integer(),
    outside: Type.Integer(),
    error: Type.Integer()
  })
})
export type CalendarImport = Static<typeof CalendarImport>

const calendarFile = {
  ics: Type.String({ maxLength: 1_000_000, description: 'an iCalendar file (RFC 5545)' }),
  otherwise: Type.Optional(
    oneOf(['term', 'exam-period', 'holiday', 'event'], { description: 'kind of what neither category nor title tells' })
  ),
  kinds: Type.Optional(Type.Array(Type.Object({ uid: Type.String(), kind: CalendarKind }), { maxItems: 2000 })),
  from: Type.Optional(Day),
  to: Type.Optional(Day)
}

const calendarSettings = {
  startTime: Type.Optional(nullable(TimeOfDay)),
  endTime: Type.Optional(nullable(TimeOfDay)),
  freezes: Type.Optional(Type.Boolean({ description: 'of events; exam periods always do, terms and holidays never' })),
  marginHours: Type.Optional(Type.Integer({ minimum: 0, maximum: 336, description: 'hours; 24 unless given' })),
  noExams: Type.Optional(Type.Boolean())
}

const courseId = Id
const unitId = Id
const itemId = Id
const settings = {
  title: Type.Optional(line()),
  code: Type.Optional(nullable(Type.String({ maxLength: 40 }))),
  description: Type.Optional(Type.String({ maxLength: 10000 })),
  locale: Type.Optional(nullable(Locale)),
  startsAt: Type.Optional(nullable(Instant)),
  endsAt: Type.Optional(nullable(Instant)),
  coverFileId: Type.Optional(nullable(Id)),
  color: Type.Optional(Type.String({ pattern: '^#[0-9a-fA-F]{6}$' }))
}
const itemSettings = {
  title: Type.Optional(line()),
  minutes: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 6000 }))),
  published: Type.Optional(Type.Boolean()),
  completion: Type.Optional(CompletionRule),
  opensAt: Type.Optional(nullable(Instant)),
  dueAt: Type.Optional(nullable(Instant)),
  requires: Type.Optional(Type.Array(Id, { maxItems: 50 })),
  url: Type.Optional(nullable(Type.String({ maxLength: 2000 }))),
  note: Type.Optional(nullable(Type.String({ maxLength: 4000 }))),
  fileId: Type.Optional(nullable(Id)),
  captions: Type.Optional(Type.Array(Type.Object({ fileId: Id, locale: Locale, label: line(60) }), { maxItems: 30 }))
}

export const courseContract = defineContract({
  module: 'course',
  operations: {
    getDashboard: {
      method: 'GET',
      path: '/dashboard',
      access: 'signed-in',
      summary: 'Next up, what I study and what I teach',
      input: Nothing,
      output: Dashboard
    },
    listCourses: {
      method: 'GET',
      path: '/courses',
      access: 'signed-in',
      summary: 'Courses I am in; every course for those who manage them',
      input: Type.Object({
        ...pageInput,
        search: Type.Optional(Type.String({ maxLength: 100 })),
        status: Type.Optional(CourseStatus),
        deleted: Type.Optional(Type.Boolean())
      }),
      output: pageOf(CourseCard)
    },
    createCourse: {
      method: 'POST',
      path: '/courses',
      access: 'course:author',
      status: 201,
      summary: 'A new course with one empty unit; its author teaches it',
      input: Type.Object({ ...settings, title: line() }),
      output: Course
    },
    getCourse: {
      method: 'GET',
      path: '/courses/:courseId',
      access: 'signed-in',
      summary: 'Settings of a course',
      input: Type.Object({ courseId }),
      output: Course
    },
    getCourseCover: {
      method: 'GET',
      path: '/courses/:courseId/cover/:fileId',
      access: 'signed-in',
      redirect: true,
      summary: 'Go to the picture of a course',
      input: Type.Object({ courseId, fileId: Id }),
      output: Type.Object({ location: Type.String() })
    },
    getCourseHome: {
      method: 'GET',
      path: '/courses/:courseId/home',
      access: 'signed-in',
      summary: 'Outline, my progress, what is locked and why, where to continue',
      input: Type.Object({
        courseId,
        asLearner: Type.Optional(Type.Boolean({ description: 'staff: what a learner would see' }))
      }),
      output: CourseHome
    },
    updateCourse: {
      method: 'PATCH',
      path: '/courses/:courseId',
      access: 'signed-in',
      ifMatch: true,
      summary: 'Change settings',
      input: Type.Object({ courseId, ...settings }),
      output: Course
    },
    deleteCourse: {
      method: 'DELETE',
      path: '/courses/:courseId',
      access: 'signed-in',
      summary: 'Put a course in the bin; it can be restored',
      input: Type.Object({ courseId }),
      output: Course
    },
    restoreCourse: {
      method: 'PUT',
      path: '/courses/:courseId/restoration',
      access: 'signed-in',
      summary: 'Take a course out of the bin',
      input: Type.Object({ courseId }),
      output: Course
    },
    publishCourse: {
      method: 'PUT',
      path: '/courses/:courseId/publication',
      access: 'signed-in',
      summary: 'Open a course to its learners',
      input: Type.Object({ courseId }),
      output: Course
    },
    unpublishCourse: {
      method: 'DELETE',
      path: '/courses/:courseId/publication',
      access: 'signed-in',
      summary: 'Close a course to its learners; their progress stays',
      input: Type.Object({ courseId }),
      output: Course
    },
    archiveCourse: {
      method: 'PUT',
      path: '/courses/:courseId/archival',
      access: 'signed-in',
      summary: 'End a course for good; learners keep reading',
      input: Type.Object({ courseId }),
      output: Course
    },
    unarchiveCourse: {
      method: 'DELETE',
      path: '/courses/:courseId/archival',
      access: 'signed-in',
      summary: 'Back to draft',
      input: Type.Object({ courseId }),
      output: Course
    },

    createUnit: {
      method: 'POST',
      path: '/courses/:courseId/units',
      access: 'signed-in',
      status: 201,
      summary: 'Add a unit at the end',
      input: Type.Object({ courseId, title: line() }),
      output: OutlineUnit
    },
    updateUnit: {
      method: 'PATCH',
      path: '/units/:unitId',
      access: 'signed-in',
      ifMatch: true,
      summary: 'Rename a unit, set when it opens and after which units',
      input: Type.Object({
        unitId,
        title: Type.Optional(line()),
        opensAt: Type.Optional(nullable(Instant)),
        requires: Type.Optional(Type.Array(Id, { maxItems: 50 }))
      }),
      output: OutlineUnit
    },
    deleteUnit: {
      method: 'DELETE',
      path: '/units/:unitId',
      access: 'signed-in',
      summary: 'Remove a unit and its items; undone by restoring',
      input: Type.Object({ unitId }),
      output: Done
    },
    restoreUnit: {
      method: 'PUT',
      path: '/units/:unitId/restoration',
      access: 'signed-in',
      summary: 'Bring a removed unit back',
      input: Type.Object({ unitId }),
      output: OutlineUnit
    },
    arrangeOutline: {
      method: 'PUT',
      path: '/courses/:courseId/outline',
      access: 'signed-in',
      ifMatch: true,
      summary: 'The order of all units and items; If-Match is the outlineVersion',
      input: Type.Object({ courseId, units: Type.Array(Type.Object({ unitId: Id, itemIds: Type.Array(Id) })) }),
      output: Type.Object({ outlineVersion: Type.Integer() })
    },
    createItem: {
      method: 'POST',
      path: '/units/:unitId/items',
      access: 'signed-in',
      status: 201,
      summary: 'Add a page, video, file, link or heading',
      input: Type.Object({
        unitId,
        ...itemSettings,
        kind: ItemKind,
        title: line(),
        html: Type.Optional(Type.String({ maxLength: 2_000_000 }))
      }),
      output: OutlineItem,
      bodyLimit: 4 * 1024 * 1024
    },
    getItem: {
      method: 'GET',
      path: '/items/:itemId',
      access: 'signed-in',
      summary: 'An item to study, with where I left it',
      input: Type.Object({ itemId, asLearner: Type.Optional(Type.Boolean()) }),
      output: Item
    },
    updateItem: {
      method: 'PATCH',
      path: '/items/:itemId',
      access: 'signed-in',
      ifMatch: true,
      summary: 'Change title, completion, dates, prerequisites',
      input: Type.Object({ itemId, ...itemSettings }),
      output: OutlineItem
    },
    duplicateItem: {
      method: 'POST',
      path: '/items/:itemId/copies',
      access: 'signed-in',
      status: 201,
      summary: 'Copy an item, right after it',
      input: Type.Object({ itemId }),
      output: OutlineItem
    },
    deleteItem: {
      method: 'DELETE',
      path: '/items/:itemId',
      access: 'signed-in',
      summary: 'Remove an item; undone by restoring',
      input: Type.Object({ itemId }),
      output: Done
    },
    restoreItem: {
      method: 'PUT',
      path: '/items/:itemId/restoration',
      access: 'signed-in',
      summary: 'Bring a removed item back',
      input: Type.Object({ itemId }),
      output: OutlineItem
    },
    listItemFiles: {
      method: 'GET',
      path: '/internal/items/:itemId/files',
      access: 'internal',
      summary: 'Files an item shows or offers',
      input: Type.Object({ itemId }),
      output: Type.Object({ courseId: Id, fileIds: Type.Array(Id) })
    },
    getPage: {
      method: 'GET',
      path: '/items/:itemId/page',
      access: 'signed-in',
      summary: 'A page to edit',
      input: Type.Object({ itemId }),
      output: Page
    },
    savePage: {
      method: 'PUT',
      path: '/items/:itemId/page',
      access: 'signed-in',
      ifMatch: true,
      bodyLimit: 4 * 1024 * 1024,
      summary: 'Save a page; if somebody saved in between the answer is 412 with their version',
      input: Type.Object({ itemId, html: Type.String({ maxLength: 2_000_000 }) }),
      output: Page
    },
    listPageRevisions: {
      method: 'GET',
      path: '/items/:itemId/page/revisions',
      access: 'signed-in',
      summary: 'Who saved what when, newest first',
      input: Type.Object({ itemId, ...pageInput }),
      output: pageOf(Page)
    },

    saveProgress: {
      method: 'PUT',
      path: '/items/:itemId/progress',
      access: 'signed-in',
      summary: 'Report study of an item; safe to send twice and late',
      input: Type.Object({
        itemId,
        opened: Type.Optional(Type.Boolean()),
        visit: Type.Optional(
          Type.Object(
            { id: Id, seconds: Type.Integer({ minimum: 0, maximum: 86400 }) },
            { description: 'total of one visit so far' }
          )
        ),
        watched: Type.Optional(
          Type.Object({
            duration: Type.Number({ minimum: 0 }),
            ranges: Type.Array(Type.Tuple([Type.Number({ minimum: 0 }), Type.Number({ minimum: 0 })]), {
              maxItems: 500
            })
          })
        ),
        position: Type.Optional(Position),
        done: Type.Optional(Type.Boolean())
      }),
      output: Type.Object({
        itemId: Id,
        state: ProgressState,
        completedAt: nullable(Instant),
        savedAt: Instant,
        watchedPercent: Type.Integer(),
        secondsSpent: Type.Integer(),
        progress: Progress,
        unlocked: Type.Array(Type.Object({ itemId: Id, title: Type.String() }))
      })
    },

    listEnrolments: {
      method: 'GET',
      path: '/courses/:courseId/enrolments',
      access: 'signed-in',
      summary: 'People of a course, by name',
      input: Type.Object({
        courseId,
        ...pageInput,
        role: Type.Optional(EnrolmentRole),
        search: Type.Optional(Type.String({ maxLength: 100 }))
      }),
      output: Type.Object({ ...pageOf(Enrolment).properties, total: Type.Integer() })
    },
    confirmPeopleManager: {
      method: 'GET',
      path: '/internal/courses/:courseId/people-manager',
      access: 'internal',
      summary: 'Refuses callers who may not manage the people of a course',
      input: Type.Object({ courseId }),
      output: Done
    },
    enrolPeople: {
      method: 'POST',
      path: '/courses/:courseId/enrolments',
      access: 'signed-in',
      status: 201,
      summary: 'Enrol people by e-mail; unknown ones are invited',
      input: Type.Object({
        courseId,
        role: EnrolmentRole,
        people: Type.Array(Type.Object({ email: Email, name: Type.Optional(line()) }), { minItems: 1, maxItems: 200 }),
        observes: Type.Optional(Type.Array(Id))
      }),
      output: Type.Object({ enrolled: Type.Array(Enrolment), alreadyEnrolled: Type.Array(Type.String()) })
    },
    updateEnrolment: {
      method: 'PATCH',
      path: '/enrolments/:enrolmentId',
      access: 'signed-in',
      summary: 'Change the role in the course',
      input: Type.Object({
        enrolmentId: Id,
        role: Type.Optional(EnrolmentRole),
        observes: Type.Optional(Type.Array(Id))
      }),
      output: Enrolment
    },
    endEnrolment: {
      method: 'DELETE',
      path: '/enrolments/:enrolmentId',
      access: 'signed-in',
      summary: 'Take a person out of the course; progress is kept',
      input: Type.Object({ enrolmentId: Id }),
      output: Done
    },
    listJoinLinks: {
      method: 'GET',
      path: '/courses/:courseId/join-links',
      access: 'signed-in',
      summary: 'Links that enrol whoever opens them',
      input: Type.Object({ courseId }),
      output: Type.Object({ entries: Type.Array(JoinLink) })
    },
    createJoinLink: {
      method: 'POST',
      path: '/courses/:courseId/join-links',
      access: 'signed-in',
      status: 201,
      summary: 'A new join link',
      input: Type.Object({
        courseId,
        role: EnrolmentRole,
        expiresAt: Type.Optional(nullable(Instant)),
        maxUses: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 100000 })))
      }),
      output: JoinLink
    },
    deleteJoinLink: {
      method: 'DELETE',
      path: '/join-links/:joinLinkId',
      access: 'signed-in',
      summary: 'End a join link',
      input: Type.Object({ joinLinkId: Id }),
      output: Done
    },
    getJoinLink: {
      method: 'GET',
      path: '/join/:token',
      access: 'anyone',
      guessable: true,
      summary: 'What a join link leads to',
      input: Type.Object({ token: Type.String({ minLength: 10, maxLength: 128 }) }),
      output: Type.Object({ courseTitle: Type.String(), description: Type.String(), role: EnrolmentRole })
    },
    join: {
      method: 'PUT',
      path: '/join/:token/enrolment',
      access: 'signed-in',
      summary: 'Enrol myself by a join link',
      input: Type.Object({ token: Type.String({ minLength: 10, maxLength: 128 }) }),
      output: Type.Object({ courseId: Id })
    },
    signUpAndJoin: {
      method: 'POST',
      path: '/join/:token/account',
      access: 'anyone',
      guessable: true,
      status: 201,
      summary: 'Create an account and enrol by a join link; sign in next',
      input: Type.Object({
        token: Type.String({ minLength: 10, maxLength: 128 }),
        name: line(),
        email: Email,
        password: Type.String({ minLength: 1, maxLength: 1024 })
      }),
      output: Type.Object({ courseId: Id })
    },

    createPeopleImport: {
      method: 'POST',
      path: '/people-imports',
      access: 'signed-in',
      status: 201,
      bodyLimit: 16 * 1024 * 1024,
      summary: 'Check a CSV of people (name, email, role, course); nothing happens before it is committed',
      input: Type.Object({
        fileName: line(),
        csv: Type.String({ maxLength: 12_000_000 }),
        courseId: Type.Optional(Id)
      }),
      output: PeopleImport
    },
    listPeopleImports: {
      method: 'GET',
      path: '/people-imports',
      access: 'signed-in',
      summary: 'Imports, newest first',
      input: Type.Object({ ...pageInput, courseId: Type.Optional(Id) }),
      output: pageOf(PeopleImport)
    },
    getPeopleImport: {
      method: 'GET',
      path: '/people-imports/:importId',
      access: 'signed-in',
      summary: 'State and counts of an import',
      input: Type.Object({ importId: Id }),
      output: PeopleImport
    },
    listPeopleImportRows: {
      method: 'GET',
      path: '/people-imports/:importId/rows',
      access: 'signed-in',
      summary: 'What each row does or what is wrong with it',
      input: Type.Object({ importId: Id, ...pageInput, outcome: Type.Optional(ImportRow.properties.outcome) }),
      output: pageOf(ImportRow)
    },
    commitPeopleImport: {
      method: 'PUT',
      path: '/people-imports/:importId/commit',
      access: 'signed-in',
      status: 202,
      summary: 'Create and enrol; rows with errors are left out',
      input: Type.Object({ importId: Id }),
      output: PeopleImport
    },
    undoPeopleImport: {
      method: 'DELETE',
      path: '/people-imports/:importId/commit',
      access: 'signed-in',
      status: 202,
      summary: 'Take back what the import did, except for accounts already used',
      input: Type.Object({ importId: Id }),
      output: PeopleImport
    },

    createCourseImport: {
      method: 'POST',
      path: '/course-imports',
      access: 'course:author',
      status: 202,
      summary: 'Make a course of an uploaded zip of Markdown',
      input: Type.Object({ fileId: Id, title: Type.Optional(line()) }),
      output: CourseImport
    },
    getCourseImport: {
      method: 'GET',
      path: '/course-imports/:importId',
      access: 'course:author',
      summary: 'How far an import is, and what it noticed',
      input: Type.Object({ importId: Id }),
      output: CourseImport
    },

    listLearnerProgress: {
      method: 'GET',
      path: '/courses/:courseId/progress/learners',
      access: 'signed-in',
      summary: 'Progress per learner',
      input: Type.Object({
        courseId,
        ...pageInput,
        search: Type.Optional(Type.String({ maxLength: 100 })),
        state: Type.Optional(ProgressState)
      }),
      output: Type.Object({
        ...pageOf(LearnerProgress).properties,
        items: Type.Array(Type.Object({ itemId: Id, title: Type.String(), kind: ItemKind, unitTitle: Type.String() }))
      })
    },
    listItemProgress: {
      method: 'GET',
      path: '/courses/:courseId/progress/items',
      access: 'signed-in',
      summary: 'Progress per item',
      input: Type.Object({ courseId }),
      output: Type.Object({ learners: Type.Integer(), entries: Type.Array(ItemProgress) })
    },
    getLearnerItems: {
      method: 'GET',
      path: '/courses/:courseId/progress/learners/:userId',
      access: 'signed-in',
      summary: 'Every item of one learner',
      input: Type.Object({ courseId, userId: Id }),
      output: Type.Object({
        name: Type.String(),
        entries: Type.Array(
          Type.Object({
            itemId: Id,
            title: Type.String(),
            kind: ItemKind,
            unitTitle: Type.String(),
            state: ProgressState,
            completedAt: nullable(Instant),
            secondsSpent: Type.Integer(),
            watchedPercent: Type.Integer()
          })
        )
      })
    },

    listCalendarEntries: {
      method: 'GET',
      path: '/academic-calendar/entries',
      access: 'signed-in',
      summary: 'Terms, exam periods, holidays and events of the school that touch these days',
      input: Type.Object({ from: Type.Optional(Day), to: Type.Optional(Day) }),
      output: Type.Object({ entries: Type.Array(CalendarEntry) })
    },
    createCalendarEntry: {
      method: 'POST',
      path: '/academic-calendar/entries',
      access: 'calendar:manage',
      status: 201,
      summary: 'Enter a term, exam period, holiday or event',
      input: Type.Object({
        kind: CalendarKind,
        title: line(),
        startsOn: Day,
        endsOn: Day,
        ...calendarSettings
      }),
      output: CalendarEntry
    },
    updateCalendarEntry: {
      method: 'PATCH',
      path: '/academic-calendar/entries/:entryId',
      access: 'calendar:manage',
      ifMatch: true,
      summary: 'Change an entry, or say of a term that it has no exam periods',
      input: Type.Object({
        entryId: Id,
        kind: Type.Optional(CalendarKind),
        title: Type.Optional(line()),
        startsOn: Type.Optional(Day),
        endsOn: Type.Optional(Day),
        ...calendarSettings
      }),
      output: CalendarEntry
    },
    deleteCalendarEntry: {
      method: 'DELETE',
      path: '/academic-calendar/entries/:entryId',
      access: 'calendar:manage',
      summary: 'Remove an entry; undone by restoring',
      input: Type.Object({ entryId: Id }),
      output: Done
    },
    restoreCalendarEntry: {
      method: 'PUT',
      path: '/academic-calendar/entries/:entryId/restoration',
      access: 'calendar:manage',
      summary: 'Bring a removed entry back',
      input: Type.Object({ entryId: Id }),
      output: CalendarEntry
    },
    listFreezes: {
      method: 'GET',
      path: '/academic-calendar/freezes',
      access: 'calendar:manage',
      summary: 'When this school holds releases, and whether it does now',
      input: Type.Object({
        at: Type.Optional(Instant),
        from: Type.Optional(Instant),
        to: Type.Optional(Instant)
      }),
      output: Type.Object({
        schoolName: Type.String(),
        timeZone: Type.String(),
        state: FreezeState,
        freezes: Type.Array(Freeze)
      })
    },
    previewCalendarImport: {
      method: 'POST',
      path: '/academic-calendar/import-previews',
      access: 'calendar:manage',
      bodyLimit: 4 * 1024 * 1024,
      summary: 'What importing an iCalendar file would do, event by event; nothing happens',
      input: Type.Object(calendarFile),
      output: CalendarImport
    },
    importCalendar: {
      method: 'POST',
      path: '/academic-calendar/imports',
      access: 'calendar:manage',
      bodyLimit: 4 * 1024 * 1024,
      summary:
        'Import an iCalendar file; what was imported before is replaced by its UID, events with faults are left out',
      input: Type.Object(calendarFile),
      output: CalendarImport
    },
    getCalendarFeed: {
      method: 'GET',
      path: '/academic-calendar/feed',
      access: 'calendar:manage',
      summary: 'The secret link under which other calendars read this one',
      input: Nothing,
      output: Type.Object({ url: nullable(Type.String()) })
    },
    replaceCalendarFeed: {
      method: 'PUT',
      path: '/academic-calendar/feed',
      access: 'calendar:manage',
      summary: 'Make a new secret link; the one before ends',
      input: Nothing,
      output: Type.Object({ url: Type.String() })
    },
    deleteCalendarFeed: {
      method: 'DELETE',
      path: '/academic-calendar/feed',
      access: 'calendar:manage',
      summary: 'End the secret link',
      input: Nothing,
      output: Done
    }
  }
})

export const LearnerEnrolled = defineEvent(
  'course.learner-enrolled',
  Type.Object({ courseId: Id, courseTitle: Type.String(), userId: Id, enrolmentId: Id, role: EnrolmentRole })
)
export const ItemCompleted = defineEvent('course.item-completed', Type.Object({ courseId: Id, itemId: Id, userId: Id }))
export const CourseCompleted = defineEvent(
  'course.course-completed',
  Type.Object({ courseId: Id, courseTitle: Type.String(), userId: Id })
)
export const CourseUploaded = defineEvent('course.course-uploaded', Type.Object({ importId: Id, size: Type.Integer() }))
export const CoursePublished = defineEvent(
  'course.course-published',
  Type.Object({ courseId: Id, courseTitle: Type.String() })
)
