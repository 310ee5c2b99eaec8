import { CourseCompleted, LearnerEnrolled } from '@lyceum/course/contract'
import { defineModule, type Module, on, onJob, type Schedule } from '@lyceum/platform/module'
import { MailRequested } from '@lyceum/user/contract'
import { notificationContract } from './contract.ts'
import { ExpireMails, expireMails } from './mail/expire-mails.ts'
import { getMailSettings } from './mail/get-mail-settings.ts'
import { listMails } from './mail/list-mails.ts'
import type { MailTransport } from './mail/mail-transport.ts'
import { retryMail } from './mail/retry-mail.ts'
import { SendMail, sendMail } from './mail/send-mail.ts'
import { writeMailOnMailRequested } from './mail/write-mail-on-mail-requested.ts'
import { ExpireNotifications, expireNotifications } from './notification/expire-notifications.ts'
import { listNotifications } from './notification/list-notifications.ts'
import { notifyOnCourseCompleted } from './notification/notify-on-course-completed.ts'
import { notifyOnLearnerEnrolled } from './notification/notify-on-learner-enrolled.ts'
import { readNotifications } from './notification/read-notifications.ts'
import { mailWaiting } from './release/impact.ts'
import { notificationsProbe } from './release/probes.ts'

export interface NotificationServices {
  readonly transport: MailTransport
  /** Sender of mail, as `Name <address>`. */
  readonly from: string
}

export const notificationModule = (services: NotificationServices): Module =>
  defineModule({
    contract: notificationContract,
    operations: {
      listNotifications,
      readNotifications,
      listMails,
      retryMail,
      getMailSettings: getMailSettings(services)
    },
    subscriptions: [
      on(MailRequested, writeMailOnMailRequested),
      on(LearnerEnrolled, notifyOnLearnerEnrolled),
      on(CourseCompleted, notifyOnCourseCompleted)
    ],
    jobs: [
      onJob(SendMail, sendMail(services.transport)),
      onJob(ExpireMails, expireMails),
      onJob(ExpireNotifications, expireNotifications)
    ],
    probes: [notificationsProbe],
    impact: mailWaiting
  })

/** Nightly, at an hour when few people anywhere near UTC are learning. */
export const notificationSchedules: readonly Schedule[] = [
  { job: ExpireMails, cron: '20 2 * * *' },
  { job: ExpireNotifications, cron: '40 2 * * *' }
]
