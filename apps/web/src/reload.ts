const RELOADED = 'lyceum.reloaded'

/** A deployment may replace the files this page would load next; one reload is enough, a second failure is told. */
export function reloadAfterDeployment(): void {
  window.addEventListener('vite:preloadError', (event) => {
    if (!navigator.onLine || sessionStorage.getItem(RELOADED)) return
    sessionStorage.setItem(RELOADED, 'yes')
    event.preventDefault()
    location.reload()
  })
}

/** The page has come with all its files. */
export const forgetReload = (): void => sessionStorage.removeItem(RELOADED)
