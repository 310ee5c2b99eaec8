let region: HTMLElement | undefined

/** Says something to people who listen to the screen, without moving their focus. */
export function announce(message: string): void {
  region ??= createRegion()
  // The same sentence twice in a row is news only if the region was empty in between.
  region.textContent = ''
  const target = region
  requestAnimationFrame(() => {
    target.textContent = message
  })
}

function createRegion(): HTMLElement {
  const element = document.createElement('div')
  element.setAttribute('role', 'status')
  element.setAttribute('aria-live', 'polite')
  element.style.cssText =
    'position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap'
  document.body.append(element)
  return element
}
