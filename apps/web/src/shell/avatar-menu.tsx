import { lazy } from 'react'
import { useTranslation } from 'react-i18next'
import { initials } from '../ui/initials.ts'
import { DropPanel } from './drop-panel.tsx'
import { useMe } from './session.ts'
import bar from './top-bar.module.css'

const load = () => import('./avatar-panel.tsx')
const AvatarPanel = lazy(load)

/** Oneself: account, language, look, and the way out. */
export function AvatarMenu() {
  const { t } = useTranslation()
  const me = useMe()
  // Drawn by the style sheet: the button's name is the whole name, and nobody should hear two letters besides.
  const face = <span className={bar.avatar} data-text={initials(me.name)} />
  return (
    <DropPanel label={t('me.menu', { name: me.name })} icon={face} prepare={load}>
      {(close) => <AvatarPanel onClose={close} />}
    </DropPanel>
  )
}
