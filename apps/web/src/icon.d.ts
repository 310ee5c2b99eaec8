// The package types its barrel only; one icon per import keeps 5,000 others out of the dev server and the bundle.
declare module '@tabler/icons-react/dist/esm/icons/*.mjs' {
  import type { Icon } from '@tabler/icons-react'

  const icon: Icon
  export default icon
}
