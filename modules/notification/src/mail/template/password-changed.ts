import Type from 'typebox'
import { say } from './letter.ts'
import { defineTemplate, Link, SchoolName } from './template.ts'

/** A warning to the owner of the account; `link` leads to where a new password can be asked for. */
export const passwordChanged = defineTemplate(Type.Object({ schoolName: SchoolName, link: Type.Optional(Link) }), {
  en: ({ schoolName, link }) => ({
    schoolName,
    subject: say`Your password at ${schoolName} was changed`,
    heading: say`Your password was changed`,
    paragraphs: [
      say`The password of your account at ${schoolName} has just been changed, and every other device was signed out.`,
      say`If you did this, there is nothing more to do.`
    ],
    action: link ? { label: 'Choose a new password', link } : null,
    closing: say`If it was not you, choose a new password at once and tell an administrator of ${schoolName}.`
  }),
  ar: ({ schoolName, link }) => ({
    schoolName,
    subject: say`تم تغيير كلمة مرورك في ${schoolName}`,
    heading: say`تم تغيير كلمة مرورك`,
    paragraphs: [
      say`تم للتو تغيير كلمة مرور حسابك في ${schoolName}، وتم تسجيل الخروج من جميع الأجهزة الأخرى.`,
      say`إذا كنت أنت من فعل ذلك، فلا يلزمك فعل أي شيء آخر.`
    ],
    action: link ? { label: 'اختيار كلمة مرور جديدة', link } : null,
    closing: say`إذا لم تكن أنت، فاختر كلمة مرور جديدة فورًا وأبلغ أحد المسؤولين في ${schoolName}.`
  })
})
