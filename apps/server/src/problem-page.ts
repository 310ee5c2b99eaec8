import { readFileSync } from 'node:fs'

let page: string | undefined

/** Where the `type` of a problem leads (RFC 9457 §3.1.1): every code with its status and its words. */
export function problemPage(): string {
  page ??= layOut(readFileSync(new URL('./problems.tsv', import.meta.url), 'utf8'))
  return page
}

const layOut = (lines: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Problems the API tells of</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
dt { margin-block-start: 1.25rem; font-weight: 600 }
dd { margin: 0 }
:target { outline: 2px solid; outline-offset: 0.35rem }
</style>
</head>
<body>
<main>
<h1>Problems the API tells of</h1>
<p>Decide by <code>code</code>: codes stay, sentences do not. <code>…</code> stands for a value. The reference is at
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
<dl>
${lines.trimEnd().split('\n').map(entry).join('\n')}
</dl>
</main>
</body>
</html>
`

function entry(line: string): string {
  const [code = '', status = '', detail = ''] = line.split('\t').map(escapeHtml)
  const words = detail === '' ? 'The answer says what was found.' : detail
  return `<dt id="${code}"><code>${code}</code> · ${status}</dt><dd>${words}</dd>`
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
