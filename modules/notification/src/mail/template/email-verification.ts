import Type from 'typebox'
import { instantInWords } from './instant-in-words.ts'
import { say } from './letter.ts'
import { defineTemplate, expiry, Link, SchoolName } from './template.ts'

export const emailVerification = defineTemplate(Type.Object({ schoolName: SchoolName, link: Link, ...expiry }), {
  en: ({ schoolName, link, expiresAt, timeZone }) => ({
    schoolName,
    subject: say`Confirm your e-mail address for ${schoolName}`,
    heading: say`Confirm your e-mail address`,
    paragraphs: [
      say`Please confirm that this address is yours, so that ${schoolName} can reach you here.`,
      ...(expiresAt ? [say`The link works until ${instantInWords(expiresAt, 'en', timeZone)}.`] : [])
    ],
    action: { label: 'Confirm my address', link },
    closing: say`If you have no account at ${schoolName}, ignore this message.`
  }),
  ar: ({ schoolName, link, expiresAt, timeZone }) => ({
    schoolName,
    subject: say`تأكيد بريدك الإلكتروني لدى ${schoolName}`,
    heading: say`أكّد بريدك الإلكتروني`,
    paragraphs: [
      say`يرجى تأكيد أن هذا العنوان لك، حتى تتمكن ${schoolName} من مراسلتك عليه.`,
      ...(expiresAt ? [say`يعمل الرابط حتى ${instantInWords(expiresAt, 'ar', timeZone)}.`] : [])
    ],
    action: { label: 'تأكيد عنواني', link },
    closing: say`إذا لم يكن لديك حساب في ${schoolName}، فتجاهل هذه الرسالة.`
  })
})
