import type { Mail } from '@lyceum/notification/contract'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { useMay } from '../../../shell/session.ts'
import { CopyText } from '../../../ui/copy-text.tsx'
import { SideSheet } from '../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { showToast } from '../../../ui/toast.ts'
import { linkIn } from './link-in.ts'
import classes from './mail.module.css'

interface Props {
  readonly mail: Mail | undefined
  readonly onClose: () => void
}

/** One message as its reader gets it. */
export function MailSheet({ mail, onClose }: Props) {
  return (
    <SideSheet opened={mail !== undefined} onClose={onClose} title={<bdi>{mail?.subject}</bdi>}>
      {mail ? <Message mail={mail} /> : null}
    </SideSheet>
  )
}

function Message({ mail }: { readonly mail: Mail }) {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const mayRetry = useMay('school:manage') && (mail.state === 'failed' || mail.state === 'held')
  const link = mail.state === 'held' ? linkIn(mail.text) : undefined
  const retry = useMutation({
    mutationFn: () => api.notification.retryMail({ mailId: mail.id }),
    onSuccess: async () => {
      showToast(t('mail.retried'), { tone: 'good' })
      await queryClient.invalidateQueries({ queryKey: ['listMails'] })
    }
  })
  return (
    <div className={classes.message}>
      <ProblemAlert error={retry.error} />
      <dl className={classes.facts}>
        <dt>{t('mail.to')}</dt>
        <dd>
          <bdi dir="ltr">{mail.to}</bdi>
        </dd>
        <dt>{t('people.status')}</dt>
        <dd>
          <StatusPill status={mail.state} />
        </dd>
        <dt>{t('mail.when')}</dt>
        <dd>
          <RelativeTime at={mail.sentAt ?? mail.createdAt} show="both" />
        </dd>
      </dl>
      {mail.error ? (
        <p className={classes.fault} dir="auto">
          {mail.error}
        </p>
      ) : null}
      <div className={classes.buttons}>
        {link ? <CopyText value={link} label={t('mail.copyLink')} /> : null}
        {mayRetry ? (
          <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
            {t('mail.retry')}
          </Button>
        ) : null}
      </div>
      <p className={classes.text} dir="auto">
        {mail.text}
      </p>
      {mail.state === 'held' ? null : <p className={classes.hint}>{t('mail.masked')}</p>}
    </div>
  )
}
