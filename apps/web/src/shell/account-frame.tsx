import { useTranslation } from 'react-i18next'
import { Outlet } from 'react-router'
import { path } from '../path.ts'
import { SectionMenu } from './section-menu.tsx'

/** The pages about oneself. */
export function AccountFrame() {
  const { t } = useTranslation()
  return (
    <SectionMenu
      label={t('me.account')}
      links={[
        { to: path.account(), label: t('place.profile'), exact: true },
        { to: path.accountPassword(), label: t('place.password') },
        { to: path.accountSignIns(), label: t('place.signIns') }
      ]}
    >
      <Outlet />
    </SectionMenu>
  )
}
