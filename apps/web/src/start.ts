import { EVERYWHERE, likelyLanguage, readWords } from './locale/files.ts'

/** The two screens that people arrive at; what they are made of travels beside the app instead of after it. */
const arrivals: Record<string, (language: string) => unknown> = {
  '/': (language) => [
    import('./shell/frame.tsx'),
    import('./features/learn/dashboard-page.tsx'),
    readWords(language, 'learn')
  ],
  '/sign-in': (language) => [import('./features/auth/sign-in-page.tsx'), readWords(language, 'auth')]
}

/**
 * Lets the browser draw the first picture before the app's code keeps it busy, and runs that code in pieces, so that a
 * slow phone answers taps in between. The code is on its way already (`vite.config.ts` writes the links).
 */
async function begin(): Promise<void> {
  await import('react-dom/client')
  await pause()
  const { main } = await import('./main.tsx')
  await pause()
  await main()
}

function fetchAhead(): void {
  const language = likelyLanguage()
  for (const namespace of EVERYWHERE) void readWords(language, namespace)
  arrivals[location.pathname]?.(language)
}

const pause = () => new Promise((resolve) => setTimeout(resolve))

const start = () => {
  void begin()
  fetchAhead()
}

// A tab in the background draws nothing, so there the code comes at once.
if (document.visibilityState === 'hidden') start()
else requestAnimationFrame(() => setTimeout(start))
