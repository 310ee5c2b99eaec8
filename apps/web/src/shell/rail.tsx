import IconBooks from '@tabler/icons-react/dist/esm/icons/IconBooks.mjs'
import IconHome from '@tabler/icons-react/dist/esm/icons/IconHome.mjs'
import IconSettings from '@tabler/icons-react/dist/esm/icons/IconSettings.mjs'
import { useTranslation } from 'react-i18next'
import { Link, NavLink } from 'react-router'
import { path } from '../path.ts'
import { Mark } from '../ui/mark.tsx'
import classes from './rail.module.css'
import { useMay, useSchool } from './session.ts'

/** The places of the app, the same on every page; a bar at the bottom on a phone. */
export function Rail() {
  const { t } = useTranslation()
  const school = useSchool()
  const mayManage = useMay('school:manage')
  const entries = [
    { to: path.dashboard(), label: t('rail.dashboard'), icon: IconHome },
    { to: path.courses(), label: t('rail.courses'), icon: IconBooks },
    ...(mayManage ? [{ to: path.admin(), label: t('rail.admin'), icon: IconSettings }] : [])
  ]
  return (
    <nav className={classes.rail} aria-label={t('rail.label')} data-chrome>
      <Link to={path.dashboard()} className={classes.home} aria-label={school.name} title={school.name}>
        {school.logoUrl ? <img src={school.logoUrl} alt="" /> : <Mark />}
        <span className={classes.school} aria-hidden="true">
          {school.name}
        </span>
      </Link>
      <ul className={classes.entries}>
        {entries.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <NavLink to={to} end={to === path.dashboard()} className={classes.entry ?? ''} title={label}>
              <Icon size={24} stroke={1.75} aria-hidden />
              <span className={classes.label}>{label}</span>
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}
