import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { languages, supported } from '../../locale/files.ts'
import { languageList, settleLanguage } from '../../locale/i18n.ts'
import { Page } from '../../shell/page.tsx'
import { meQuery, useMe, useSchool } from '../../shell/session.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { whileSaving } from '../../ui/saving.ts'
import { StatusPill } from '../../ui/status-pill.tsx'
import { Surface } from '../../ui/surface.tsx'
import { showToast } from '../../ui/toast.ts'
import { useSubmit } from '../../ui/use-submit.ts'
import { useViewer } from '../../ui/viewer.tsx'
import classes from './account.module.css'

/** Name, language and time zone of oneself. */
export default function ProfilePage() {
  const { t, i18n } = useTranslation('account')
  const me = useMe()
  const school = useSchool()
  const queryClient = useQueryClient()
  const [timeZone, setTimeZone] = useState(me.timeZone ?? '')
  const { onSubmit, pending, error, fieldError } = useSubmit(async ({ name = '', locale, timeZone: zone }) => {
    const changed = await whileSaving(
      api.user.updateMe({ name: name.trim(), locale: locale || null, timeZone: zone || null })
    )
    queryClient.setQueryData(meQuery.queryKey, changed)
    await settleLanguage(changed.locale, school.locale)
    showToast(i18n.getFixedT(null, 'account')('profile.saved'), { tone: 'good' })
  })
  const { locale } = useViewer()
  const device = Intl.DateTimeFormat().resolvedOptions().timeZone
  const schoolLanguage = supported(school.locale)

  return (
    <Page title={t('profile.title')} description={t('profile.words')} width="form">
      <form onSubmit={onSubmit} className={classes.stack}>
        <ProblemAlert error={error} fields={['name', 'locale', 'timeZone']} />
        <Surface title={t('profile.you')}>
          <div className={classes.fields}>
            <TextInput
              name="name"
              label={t('profile.name')}
              required
              withAsterisk={false}
              maxLength={200}
              autoComplete="name"
              defaultValue={me.name}
              error={fieldError('name')}
            />
            <Address />
          </div>
        </Surface>
        <Surface title={t('profile.reading')}>
          <div className={classes.fields}>
            <NativeSelect
              name="locale"
              label={t('profile.language')}
              defaultValue={me.locale ?? ''}
              data={[
                {
                  value: '',
                  label: t('profile.languageSchool', {
                    language: schoolLanguage ? languages[schoolLanguage] : school.locale
                  })
                },
                ...languageList
              ]}
              error={fieldError('locale')}
            />
            <NativeSelect
              name="timeZone"
              label={t('profile.timeZone')}
              description={t('profile.timeZoneHint', { time: timeIn(timeZone || device, locale) })}
              value={timeZone}
              onChange={(event) => setTimeZone(event.currentTarget.value)}
              data={[
                { value: '', label: t('profile.timeZoneDevice', { zone: device.replaceAll('_', ' ') }) },
                ...zones(me.timeZone).map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
              ]}
              error={fieldError('timeZone')}
            />
          </div>
        </Surface>
        <div>
          <Button type="submit" loading={pending}>
            {t('profile.save')}
          </Button>
        </div>
      </form>
    </Page>
  )
}

/** The address, which an administrator changes, and whether it is confirmed. */
function Address() {
  const { t } = useTranslation('account')
  const me = useMe()
  const verify = useMutation({
    mutationFn: () => api.user.sendEmailVerification({}),
    onSuccess: () => showToast(t('profile.verifySent', { email: me.email }), { tone: 'good' })
  })
  return (
    <div className={classes.address}>
      <TextInput label={t('profile.email')} description={t('profile.emailHint')} value={me.email} readOnly dir="ltr" />
      <div className={classes.verified}>
        {me.emailVerified ? (
          <StatusPill status="done" label={t('profile.verified')} />
        ) : (
          <>
            <StatusPill status="held" label={t('profile.unverified')} />
            <Button variant="subtle" size="compact-md" loading={verify.isPending} onClick={() => verify.mutate()}>
              {t('profile.verify')}
            </Button>
          </>
        )}
      </div>
      <ProblemAlert error={verify.error} />
    </div>
  )
}

/** All zones this browser knows, and the chosen one even if it does not. */
const zones = (chosen: string | null): string[] => {
  const known = Intl.supportedValuesOf('timeZone')
  return chosen && !known.includes(chosen) ? [chosen, ...known] : known
}

const timeIn = (timeZone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone }).format(new Date())
