import { type Html, html } from './html.ts'
import { type Action, asText, type Letter, type MailLocale, onOneLine, type Sentence } from './letter.ts'

export interface RenderedLetter {
  readonly subject: string
  readonly text: string
  readonly html: string
}

const frame = {
  en: {
    direction: 'ltr',
    start: 'left',
    greeting: (name: string) => (name ? `Hello ${name},` : 'Hello,'),
    bareLink: 'If the button does not work, open this address in your browser:',
    automatic: 'This message was sent automatically.'
  },
  ar: {
    direction: 'rtl',
    start: 'right',
    greeting: (name: string) => (name ? `مرحبًا ${name}،` : 'مرحبًا،'),
    bareLink: 'إذا لم يعمل الزر، فافتح هذا العنوان في متصفحك:',
    automatic: 'أُرسلت هذه الرسالة تلقائيًا.'
  }
} satisfies Record<MailLocale, unknown>

// Unquoted, so that escaping leaves them as they are.
const SANS = 'system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,Noto Sans Arabic,Tahoma,Arial,sans-serif'
const SERIF = 'Iowan Old Style,Palatino Linotype,Palatino,Georgia,Noto Naskh Arabic,Times New Roman,serif'

/** One letter as subject, plain text and HTML that says the same. */
export function renderLetter(letter: Letter, { locale, name }: { locale: MailLocale; name: string }): RenderedLetter {
  const greeting = frame[locale].greeting(nameToGreet(name))
  return {
    subject: asText(letter.subject),
    text: textOf(letter, locale, greeting),
    html: `<!doctype html>\n${htmlOf(letter, locale, greeting).markup}\n`
  }
}

/** Whoever signs up chooses a name, and mail programs turn addresses in it into links: such a name is not repeated. */
function nameToGreet(name: string): string {
  const plain = onOneLine(name)
  return /[/:@]|\.\p{L}{2}/u.test(plain) ? '' : plain
}

function textOf(letter: Letter, locale: MailLocale, greeting: string): string {
  const { heading, paragraphs, action, closing, schoolName } = letter
  return [
    asText(heading),
    greeting,
    ...paragraphs.map(asText),
    ...(action ? [`${action.label}:\n${action.link}`] : []),
    asText(closing),
    `-- \n${onOneLine(schoolName)}\n${frame[locale].automatic}\n`
  ].join('\n\n')
}

// Tables and inline styles because mail programs know little else; the classes only serve dark mode, where it is known.
// Direction and language stand on a table too: several programs drop <html> and <body> with their attributes.
function htmlOf(letter: Letter, locale: MailLocale, greeting: string): Html {
  const { heading, paragraphs, action, closing, schoolName } = letter
  const { direction, start, automatic } = frame[locale]
  return html`<html lang="${locale}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${asText(letter.subject)}</title>
<style>
@media (prefers-color-scheme: dark) {
.page { background: #131316 !important }
.card { background: #212126 !important; border-color: #3a3941 !important }
.ink { color: #eceae6 !important }
.faint { color: #a3a09c !important }
.brand { color: #8fc4c0 !important }
.rule { border-color: #3a3941 !important }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f1ec;-webkit-text-size-adjust:100%">
<table role="presentation" class="page" lang="${locale}" dir="${direction}" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f1ec">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px">
<tr><td class="brand" align="${start}" style="padding:0 8px 16px;font:600 17px/1.4 ${SERIF};color:#1d4d4f"><bdi>${onOneLine(schoolName)}</bdi></td></tr>
<tr><td class="card" align="${start}" style="padding:32px 28px;background:#ffffff;border:1px solid #e8e5dd;border-radius:14px">
<h1 class="ink" style="margin:0 0 20px;font:600 26px/1.25 ${SERIF};color:#1f1c17">${sentence(heading)}</h1>
<p class="ink" style="margin:0 0 14px;font:16px/1.6 ${SANS};color:#26241f">${greeting}</p>
${paragraphs.map(
  (paragraph) =>
    html`<p class="ink" style="margin:0 0 14px;font:16px/1.6 ${SANS};color:#26241f">${sentence(paragraph)}</p>
`
)}${action ? [button(action, locale)] : []}<p class="faint rule" style="margin:24px 0 0;padding:18px 0 0;border-top:1px solid #e8e5dd;font:14px/1.6 ${SANS};color:#5c584f">${sentence(closing)}</p>
</td></tr>
<tr><td class="faint" align="${start}" style="padding:16px 8px 0;font:13px/1.6 ${SANS};color:#5c584f">${automatic}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>`
}

const button = ({ label, link }: Action, locale: MailLocale): Html =>
  html`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:26px 0">
<tr><td align="center" bgcolor="#1d4d4f" style="border-radius:10px;background:#1d4d4f"><a href="${link}" style="display:inline-block;padding:13px 28px;border-radius:10px;font:600 16px/1.4 ${SANS};color:#ffffff;text-decoration:none">${label}</a></td></tr>
</table>
<p class="faint" style="margin:0;font:14px/1.6 ${SANS};color:#5c584f">${frame[locale].bareLink}<br>
<a class="brand" dir="ltr" href="${link}" style="color:#1d4d4f;word-break:break-all">${link}</a></p>
`

/** Values stand in their own direction: an English name inside Arabic does not move the full stop. */
const sentence = ({ words, values }: Sentence): Html =>
  html`${words.map((word, index) => {
    const value = values[index]
    return value === undefined ? html`${word}` : html`${word}<bdi>${value}</bdi>`
  })}`
