import { cookieOf } from '@lyceum/platform/cookies'
import { type Maintenance, waitSeconds } from '@lyceum/platform/maintenance'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { escapeHtml, languagesOf } from './page-template.ts'

interface Words {
  readonly title: string
  readonly kept: string
  readonly until: (when: string) => string
  readonly overdue: string
  readonly again: string
  readonly operators: string
}

const WORDS: Readonly<Record<'en' | 'ar', Words>> = {
  en: {
    title: 'We will be back soon',
    kept: 'We are working on the learning platform. What you have done is kept: you go on where you stopped.',
    until: (when) => `It should be back by ${when}.`,
    overdue: 'It takes a little longer than planned. Please try again in a few minutes.',
    again: 'Try again',
    operators: 'For operators: sign in'
  },
  ar: {
    title: 'سنعود قريبًا',
    kept: 'نعمل حاليًا على صيانة منصة التعلّم. كل ما أنجزته محفوظ، وستتابع من حيث توقفت.',
    until: (when) => `من المتوقع أن تعود المنصة بحلول ${when}.`,
    overdue: 'تستغرق الصيانة وقتًا أطول قليلًا مما خُطط له. يُرجى المحاولة بعد بضع دقائق.',
    again: 'حاول مرة أخرى',
    operators: 'للمشغّلين: تسجيل الدخول'
  }
}

/** What a browser shows while the installation is closed: one page that needs nothing else of the product. */
export function answerClosed(
  request: FastifyRequest,
  reply: FastifyReply,
  maintenance: Maintenance,
  now: Date
): FastifyReply {
  const told = [cookieOf(request, 'lyceum.language') ?? '', cookieOf(request, 'lyceum.language.last') ?? '']
  const languages = [...told, ...languagesOf(request.headers['accept-language'])]
  const language = languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'ar' || tag === 'en') ?? 'en'
  return reply
    .code(503)
    .header('retry-after', String(waitSeconds(maintenance, now)))
    .header('cache-control', 'no-store')
    .header('vary', 'accept-encoding, accept-language, cookie')
    .type('text/html; charset=utf-8')
    .send(page(maintenance, now, language === 'ar' ? 'ar' : 'en', cookieOf(request, 'lyceum.zone'), request.url))
}

function page(
  { until, message }: Maintenance,
  now: Date,
  language: 'en' | 'ar',
  zone: string | undefined,
  url: string
): string {
  const words = WORDS[language]
  const expected =
    until === null ? '' : until > now ? words.until(timeElement(until, now, language, zone)) : words.overdue
  return `<!doctype html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${words.title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="20"/><path d="M24 13v11l7 5"/></svg>
<h1>${words.title}</h1>
<p>${words.kept}</p>
${expected === '' ? '' : `<p class="when">${expected}</p>`}
${message === '' ? '' : `<blockquote dir="auto">${escapeHtml(message)}</blockquote>`}
<a class="again" href="${escapeHtml(url)}">${words.again}</a>
</main>
<footer><a href="/sign-in">${words.operators}</a></footer>
</body>
</html>
`
}

/** The day is left out today, and the zone where it is the reader's own. */
function timeElement(until: Date, now: Date, language: string, zone: string | undefined): string {
  const timeZone = zone !== undefined && isZone(zone) ? zone : 'UTC'
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  const isToday = day.format(until) === day.format(now)
  const text = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    timeZone,
    hour: 'numeric',
    minute: '2-digit',
    ...(isToday ? {} : { weekday: 'long', day: 'numeric', month: 'long' }),
    ...(timeZone === 'UTC' ? { timeZoneName: 'short' } : {})
  }).format(until)
  return `<time datetime="${until.toISOString()}">${escapeHtml(text)}</time>`
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Colours of the app in both schemes; every pair has a contrast of at least 4.5. */
const STYLE = `
:root { color-scheme: light dark; --paper: #f8f6f2; --surface: #fffefc; --ink: #1f1c17; --ink-2: #5a554b; --line: #e4e0d6; --brand: #27568f; --on-brand: #fff }
@media (prefers-color-scheme: dark) { :root { --paper: #16161a; --surface: #1e1e23; --ink: #ecebe8; --ink-2: #b3b0ab; --line: #33333b; --brand: #9dc3f2; --on-brand: #16161a } }
* { box-sizing: border-box }
body { margin: 0; min-block-size: 100dvh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere }
main { flex: 1; inline-size: 100%; max-inline-size: 36rem; margin: auto; padding: 2rem 1.25rem; display: flex; flex-direction: column; justify-content: center; align-items: flex-start; gap: 1rem }
svg { inline-size: 3.25rem; fill: none; stroke: var(--brand); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round }
h1 { margin: 0; font-size: clamp(1.75rem, 6vw, 2.5rem); line-height: 1.2; letter-spacing: -0.01em }
[lang=ar] h1 { letter-spacing: 0 }
p { margin: 0; color: var(--ink-2) }
.when { color: var(--ink); font-weight: 600 }
blockquote { margin: 0; inline-size: 100%; padding: 1rem 1.25rem; background: var(--surface); border: 1px solid var(--line); border-radius: 14px; white-space: pre-line }
.again { margin-block-start: 0.5rem; padding: 0.625rem 1.5rem; border-radius: 10px; background: var(--brand); color: var(--on-brand); font-weight: 600; text-decoration: none }
footer { padding: 1.25rem; text-align: center; font-size: 0.9375rem }
footer a { display: inline-block; padding: 0.25rem 0.5rem; color: var(--ink-2) }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 3px; border-radius: 6px }
`
