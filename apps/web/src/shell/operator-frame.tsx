import { useTranslation } from 'react-i18next'
import { Outlet } from 'react-router'
import { path } from '../path.ts'
import { SectionMenu } from './section-menu.tsx'

/** The pages of those who run the installation. */
export function OperatorFrame() {
  const { t } = useTranslation()
  const links = [
    { to: path.operator(), label: t('place.schools'), exact: true },
    { to: path.status(), label: t('place.status') }
  ]
  return (
    <SectionMenu label={t('me.operator')} links={links}>
      <Outlet />
    </SectionMenu>
  )
}
