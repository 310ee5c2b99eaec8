import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { chooseLanguage, languageList } from '../../locale/i18n.ts'
import { usePageTitle } from '../../shell/page-state.ts'
import { useSchool } from '../../shell/session.ts'
import { Mark } from '../../ui/mark.tsx'
import { Arcade } from './arcade.tsx'
import classes from './auth-layout.module.css'

interface Props {
  readonly title: string
  readonly description?: ReactNode
  readonly children: ReactNode
  /** Other ways on, below the form. */
  readonly footer?: ReactNode
}

/** The door of the school: its name, its colours, one thing to do. */
export function AuthLayout({ title, description, children, footer }: Props) {
  const { t, i18n } = useTranslation('auth')
  const school = useSchool()
  usePageTitle(title)
  useEffect(() => {
    const first = document.querySelector<HTMLElement>('main [data-first]')
    // The page stands before its code does: somebody may be typing already.
    if (document.activeElement !== document.body) return
    // On a phone the keyboard would cover half of the page before anybody has read it.
    if (window.matchMedia('(pointer: fine)').matches) first?.focus()
  }, [])
  return (
    <div className={classes.door}>
      <header className={classes.school}>
        <Arcade />
        <div className={classes.name}>
          {school.logoUrl ? <img src={school.logoUrl} alt="" /> : <Mark />}
          <span>{school.name}</span>
        </div>
      </header>
      <main className={classes.main} id="main" tabIndex={-1}>
        <div className={classes.sheet}>
          <h1 className={classes.title} tabIndex={-1}>
            {title}
          </h1>
          {description ? <p className={classes.description}>{description}</p> : null}
          {children}
          {footer ? <div className={classes.footer}>{footer}</div> : null}
        </div>
        <nav className={classes.languages} aria-label={t('layout.language')}>
          {languageList.map(({ value, label }) => (
            <button
              key={value}
              type="button"
              lang={value}
              aria-current={value === i18n.language ? 'true' : undefined}
              onClick={() => void chooseLanguage(value)}
            >
              {label}
            </button>
          ))}
        </nav>
      </main>
    </div>
  )
}
