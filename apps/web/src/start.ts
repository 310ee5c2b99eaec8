/**
 * Lets the browser draw the first picture before the app's code keeps it busy, and runs that code in pieces, so that a
 * slow phone answers taps in between. The code is on its way already (`vite.config.ts` writes the links).
 */
async function begin(): Promise<void> {
  await import('react-dom/client')
  await pause()
  const { main } = await import('./main.tsx')
  await pause()
  main()
}

const pause = () => new Promise((resolve) => setTimeout(resolve))

// A tab in the background draws nothing, so there the code comes at once.
if (document.visibilityState === 'hidden') void begin()
else requestAnimationFrame(() => setTimeout(() => void begin()))
