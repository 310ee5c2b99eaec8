import { counter } from '@lyceum/platform/counter'
import { defineModule, type Module, on, onJob } from '@lyceum/platform/module'
import type { Storage } from '@lyceum/platform/storage'
import { PersonChanged } from '@lyceum/user/contract'
import { calendarFeedRoute } from './academic-calendar/calendar-feed.ts'
import { createCalendarEntry } from './academic-calendar/create-calendar-entry.ts'
import { deleteCalendarEntry } from './academic-calendar/delete-calendar-entry.ts'
import { deleteCalendarFeed } from './academic-calendar/delete-calendar-feed.ts'
import { getCalendarFeed } from './academic-calendar/get-calendar-feed.ts'
import { importCalendar } from './academic-calendar/import-calendar.ts'
import { listCalendarEntries } from './academic-calendar/list-calendar-entries.ts'
import { listFreezes } from './academic-calendar/list-freezes.ts'
import { previewCalendarImport } from './academic-calendar/preview-calendar-import.ts'
import { replaceCalendarFeed } from './academic-calendar/replace-calendar-feed.ts'
import { restoreCalendarEntry } from './academic-calendar/restore-calendar-entry.ts'
import { updateCalendarEntry } from './academic-calendar/update-calendar-entry.ts'
import type { Tables } from './context.ts'
import { CourseCompleted, CourseUploaded, courseContract, LearnerEnrolled } from './contract.ts'
import { archiveCourse } from './course/archive-course.ts'
import { createCourse } from './course/create-course.ts'
import { deleteCourse } from './course/delete-course.ts'
import { getCourse } from './course/get-course.ts'
import { getCourseCover } from './course/get-course-cover.ts'
import { getCourseHome } from './course/get-course-home.ts'
import { getDashboard } from './course/get-dashboard.ts'
import { listCourses } from './course/list-courses.ts'
import { publishCourse } from './course/publish-course.ts'
import { restoreCourse } from './course/restore-course.ts'
import { unarchiveCourse } from './course/unarchive-course.ts'
import { unpublishCourse } from './course/unpublish-course.ts'
import { updateCourse } from './course/update-course.ts'
import { createCourseImport } from './course-import/create-course-import.ts'
import { getCourseImport } from './course-import/get-course-import.ts'
import { ImportCourse, runCourseImport } from './course-import/run-course-import.ts'
import { confirmPeopleManager } from './enrolment/confirm-people-manager.ts'
import { endEnrolment } from './enrolment/end-enrolment.ts'
import { enrolPeople } from './enrolment/enrol-people.ts'
import { listEnrolments } from './enrolment/list-enrolments.ts'
import { updateEnrolment } from './enrolment/update-enrolment.ts'
import { createItem } from './item/create-item.ts'
import { deleteItem } from './item/delete-item.ts'
import { duplicateItem } from './item/duplicate-item.ts'
import { getItem } from './item/get-item.ts'
import { listItemFiles } from './item/list-item-files.ts'
import { restoreItem } from './item/restore-item.ts'
import { updateItem } from './item/update-item.ts'
import { createJoinLink } from './join-link/create-join-link.ts'
import { deleteJoinLink } from './join-link/delete-join-link.ts'
import { getJoinLink } from './join-link/get-join-link.ts'
import { join } from './join-link/join.ts'
import { listJoinLinks } from './join-link/list-join-links.ts'
import { signUpAndJoin } from './join-link/sign-up-and-join.ts'
import { arrangeOutline } from './outline/arrange-outline.ts'
import { getPage } from './page/get-page.ts'
import { listPageRevisions } from './page/list-page-revisions.ts'
import { savePage } from './page/save-page.ts'
import { CommitPeopleImport, commitPeopleImport } from './people-import/commit-people-import.ts'
import { createPeopleImport } from './people-import/create-people-import.ts'
import { getPeopleImport } from './people-import/get-people-import.ts'
import { listPeopleImportRows } from './people-import/list-people-import-rows.ts'
import { listPeopleImports } from './people-import/list-people-imports.ts'
import { runPeopleImport } from './people-import/run-people-import.ts'
import { runPeopleImportUndo } from './people-import/run-people-import-undo.ts'
import { UndoPeopleImport, undoPeopleImport } from './people-import/undo-people-import.ts'
import { keepPerson } from './person/keep-person.ts'
import { saveProgress } from './progress/save-progress.ts'
import { learningUnderWay } from './release/impact.ts'
import { courseProbe, progressProbe } from './release/probes.ts'
import { getLearnerItems } from './report/get-learner-items.ts'
import { listItemProgress } from './report/list-item-progress.ts'
import { listLearnerProgress } from './report/list-learner-progress.ts'
import { createUnit } from './unit/create-unit.ts'
import { deleteUnit } from './unit/delete-unit.ts'
import { restoreUnit } from './unit/restore-unit.ts'
import { updateUnit } from './unit/update-unit.ts'

export interface CourseServices {
  /** Where uploaded courses are read from and their files are put. */
  readonly storage: Storage
}

export const courseModule = ({ storage }: CourseServices): Module =>
  defineModule<typeof courseContract, Tables>({
    contract: courseContract,
    operations: {
      archiveCourse,
      arrangeOutline,
      commitPeopleImport,
      confirmPeopleManager,
      createCalendarEntry,
      createCourse,
      createCourseImport,
      createItem,
      createJoinLink,
      createPeopleImport,
      createUnit,
      deleteCalendarEntry,
      deleteCalendarFeed,
      deleteCourse,
      deleteItem,
      deleteJoinLink,
      deleteUnit,
      duplicateItem,
      endEnrolment,
      enrolPeople,
      getCalendarFeed,
      getCourse,
      getCourseCover,
      getCourseHome,
      getCourseImport,
      getDashboard,
      getItem,
      getJoinLink,
      getLearnerItems,
      getPage,
      getPeopleImport,
      importCalendar,
      join,
      listCalendarEntries,
      listCourses,
      listEnrolments,
      listFreezes,
      listItemFiles,
      listItemProgress,
      listJoinLinks,
      listLearnerProgress,
      listPageRevisions,
      listPeopleImportRows,
      listPeopleImports,
      previewCalendarImport,
      publishCourse,
      replaceCalendarFeed,
      restoreCalendarEntry,
      restoreCourse,
      restoreItem,
      restoreUnit,
      savePage,
      saveProgress,
      signUpAndJoin,
      unarchiveCourse,
      undoPeopleImport,
      unpublishCourse,
      updateCalendarEntry,
      updateCourse,
      updateEnrolment,
      updateItem,
      updateUnit
    },
    subscriptions: [on(PersonChanged, keepPerson)],
    jobs: [
      onJob(ImportCourse, runCourseImport(storage)),
      onJob(CommitPeopleImport, runPeopleImport),
      onJob(UndoPeopleImport, runPeopleImportUndo)
    ],
    rawRoutes: [calendarFeedRoute],
    probes: [courseProbe, progressProbe],
    counters: [
      counter(LearnerEnrolled, 'lyceum_enrolments_total', 'Enrolments in courses, by school'),
      counter(CourseCompleted, 'lyceum_course_completions_total', 'Courses completed, by school'),
      counter(CourseUploaded, 'lyceum_course_uploads_total', 'Courses uploaded for import, by school'),
      counter(
        CourseUploaded,
        'lyceum_course_upload_bytes_total',
        'Bytes of those courses, by school',
        ({ size }) => size
      )
    ],
    impact: learningUnderWay
  })
