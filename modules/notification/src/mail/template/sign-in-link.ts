import Type from 'typebox'
import { instantInWords } from './instant-in-words.ts'
import { say } from './letter.ts'
import { defineTemplate, expiry, Link, SchoolName } from './template.ts'

export const signInLink = defineTemplate(Type.Object({ schoolName: SchoolName, link: Link, ...expiry }), {
  en: ({ schoolName, link, expiresAt, timeZone }) => ({
    schoolName,
    subject: say`Sign in to ${schoolName}`,
    heading: say`Sign in to ${schoolName}`,
    paragraphs: [
      say`This link signs you in without a password. Do not pass it on.`,
      ...(expiresAt ? [say`It works once, until ${instantInWords(expiresAt, 'en', timeZone)}.`] : [])
    ],
    action: { label: 'Sign in', link },
    closing: say`If you did not want to sign in, ignore this message.`
  }),
  ar: ({ schoolName, link, expiresAt, timeZone }) => ({
    schoolName,
    subject: say`تسجيل الدخول إلى ${schoolName}`,
    heading: say`تسجيل الدخول إلى ${schoolName}`,
    paragraphs: [
      say`يتيح لك هذا الرابط تسجيل الدخول من دون كلمة مرور. لا تشاركه مع أحد.`,
      ...(expiresAt ? [say`يعمل مرة واحدة، حتى ${instantInWords(expiresAt, 'ar', timeZone)}.`] : [])
    ],
    action: { label: 'تسجيل الدخول', link },
    closing: say`إذا لم ترغب في تسجيل الدخول، فتجاهل هذه الرسالة.`
  })
})
