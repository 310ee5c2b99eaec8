/**
 * Lets the browser draw the first picture before the app's code keeps it busy; the code itself is on its way already
 * (`vite.config.ts` writes the links). A tab in the background draws nothing, so there the code comes at once.
 */
const begin = () => void import('./main.tsx')

if (document.visibilityState === 'hidden') begin()
else requestAnimationFrame(() => setTimeout(begin))
