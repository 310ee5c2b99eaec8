import IconMailPause from '@tabler/icons-react/dist/esm/icons/IconMailPause.mjs'
import { useTranslation } from 'react-i18next'
import classes from './mail.module.css'

/** Without a mail server nothing is lost: messages wait here, and their links can be passed on by hand. */
export function HeldNotice() {
  const { t } = useTranslation('admin')
  return (
    <section className={classes.notice} aria-labelledby="held">
      <IconMailPause size={26} aria-hidden />
      <div>
        <h2 id="held" className={classes.noticeTitle}>
          {t('mail.heldTitle')}
        </h2>
        <p>{t('mail.heldWords')}</p>
        <p>
          {t('mail.heldRemedy')} <code dir="ltr">SMTP_URL</code>
        </p>
      </div>
    </section>
  )
}
