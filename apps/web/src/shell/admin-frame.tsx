import { useTranslation } from 'react-i18next'
import { Outlet } from 'react-router'
import { path } from '../path.ts'
import { SectionMenu } from './section-menu.tsx'
import { useMe } from './session.ts'

/** The pages of the administration, as far as the person may see them. */
export function AdminFrame() {
  const { t } = useTranslation()
  const { permissions } = useMe()
  const may = (permission: string) => permissions.includes(permission)
  const links = [
    ...(may('system:read') ? [{ to: path.admin(), label: t('place.overview'), exact: true }] : []),
    ...(may('people:read') ? [{ to: path.people(), label: t('place.people') }] : []),
    ...(may('school:manage')
      ? [
          { to: path.school(), label: t('place.school') },
          { to: path.signInProviders(), label: t('place.providers') }
        ]
      : []),
    ...(may('calendar:manage') ? [{ to: path.calendar(), label: t('place.calendar') }] : []),
    ...(may('mail:read') ? [{ to: path.mail(), label: t('place.mail') }] : []),
    ...(may('system:read')
      ? [
          { to: path.jobs(), label: t('place.jobs') },
          { to: path.events(), label: t('place.events') }
        ]
      : [])
  ]
  return (
    <SectionMenu label={t('rail.admin')} links={links}>
      <Outlet />
    </SectionMenu>
  )
}
