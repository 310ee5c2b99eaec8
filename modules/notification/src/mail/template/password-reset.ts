import Type from 'typebox'
import { instantInWords } from './instant-in-words.ts'
import { say } from './letter.ts'
import { defineTemplate, expiry, Link, SchoolName } from './template.ts'

export const passwordReset = defineTemplate(Type.Object({ schoolName: SchoolName, link: Link, ...expiry }), {
  en: ({ schoolName, link, expiresAt, timeZone }) => ({
    schoolName,
    subject: say`Choose a new password for ${schoolName}`,
    heading: say`Choose a new password`,
    paragraphs: [
      say`Somebody, probably you, asked for a new password for your account at ${schoolName}.`,
      ...(expiresAt ? [say`The link works once, until ${instantInWords(expiresAt, 'en', timeZone)}.`] : [])
    ],
    action: { label: 'Choose a new password', link },
    closing: say`If it was not you, ignore this message: your password stays as it is.`
  }),
  ar: ({ schoolName, link, expiresAt, timeZone }) => ({
    schoolName,
    subject: say`اختيار كلمة مرور جديدة في ${schoolName}`,
    heading: say`اختر كلمة مرور جديدة`,
    paragraphs: [
      say`طلب شخص ما، وهو أنت على الأرجح، كلمة مرور جديدة لحسابك في ${schoolName}.`,
      ...(expiresAt ? [say`يعمل الرابط مرة واحدة، حتى ${instantInWords(expiresAt, 'ar', timeZone)}.`] : [])
    ],
    action: { label: 'اختيار كلمة مرور جديدة', link },
    closing: say`إذا لم تكن أنت من طلب ذلك، فتجاهل هذه الرسالة: تبقى كلمة مرورك كما هي.`
  })
})
