import Type from 'typebox'
import { instantInWords } from './instant-in-words.ts'
import { say } from './letter.ts'
import { defineTemplate, expiry, Link, SchoolName } from './template.ts'

export const invitation = defineTemplate(
  Type.Object({ schoolName: SchoolName, invitedBy: Type.Optional(Type.String()), link: Link, ...expiry }),
  {
    en: ({ schoolName, invitedBy, link, expiresAt, timeZone }) => ({
      schoolName,
      subject: say`Your invitation to ${schoolName}`,
      heading: say`You are invited to ${schoolName}`,
      paragraphs: [
        invitedBy
          ? say`${invitedBy} has created an account for you. Choose a password, and you can start.`
          : say`An account has been created for you. Choose a password, and you can start.`,
        ...(expiresAt ? [say`The invitation is open until ${instantInWords(expiresAt, 'en', timeZone)}.`] : [])
      ],
      action: { label: 'Accept the invitation', link },
      closing: say`If you do not know ${schoolName}, ignore this message: without a password the account stays closed.`
    }),
    ar: ({ schoolName, invitedBy, link, expiresAt, timeZone }) => ({
      schoolName,
      subject: say`دعوتك إلى ${schoolName}`,
      heading: say`أنت مدعو إلى ${schoolName}`,
      paragraphs: [
        invitedBy
          ? say`تم إنشاء حساب لك بواسطة ${invitedBy}. اختر كلمة مرور ويمكنك البدء.`
          : say`تم إنشاء حساب لك. اختر كلمة مرور ويمكنك البدء.`,
        ...(expiresAt ? [say`الدعوة صالحة حتى ${instantInWords(expiresAt, 'ar', timeZone)}.`] : [])
      ],
      action: { label: 'قبول الدعوة', link },
      closing: say`إذا كنت لا تعرف ${schoolName}، فتجاهل هذه الرسالة: يبقى الحساب مغلقًا ما لم تُختر له كلمة مرور.`
    })
  }
)
