import type { School } from '@lyceum/user/contract'
import { Button, NativeSelect, Switch, TextInput } from '@mantine/core'
import '@mantine/core/styles/Switch.css'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { supported } from '../../locale/files.ts'
import { languageList } from '../../locale/i18n.ts'
import { Page } from '../../shell/page.tsx'
import { schoolQuery, useSchool } from '../../shell/session.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { whileSaving } from '../../ui/saving.ts'
import { Surface } from '../../ui/surface.tsx'
import { showToast } from '../../ui/toast.ts'
import { useSubmit } from '../../ui/use-submit.ts'
import { ColorChoice } from './school/color-choice.tsx'
import { LogoField } from './school/logo-field.tsx'
import classes from './school/school.module.css'
import { isStale, StaleNotice } from './stale-notice.tsx'

/** What the school is called, how it looks and who may come in. */
export default function SchoolPage() {
  const { t } = useTranslation('admin')
  const [school, setSchool] = useState(useSchool())
  return (
    <Page title={t('school.title')} description={t('school.words')} width="form">
      <SchoolForm key={school.version} school={school} onChanged={setSchool} />
    </Page>
  )
}

interface Props {
  readonly school: School
  readonly onChanged: (school: School) => void
}

function SchoolForm({ school, onChanged }: Props) {
  const { t, i18n } = useTranslation('admin')
  const queryClient = useQueryClient()
  const [theme, setTheme] = useState(school.theme)
  const [selfSignUp, setSelfSignUp] = useState(school.selfSignUp)
  const [logo, setLogo] = useState<{ readonly fileId: string | null; readonly url: string | null }>()
  const keep = (changed: School) => {
    queryClient.setQueryData(schoolQuery.queryKey, changed)
    onChanged(changed)
  }
  const { onSubmit, pending, error, fieldError } = useSubmit(async ({ name = '', locale = '', timeZone = '' }) => {
    const changed = await whileSaving(
      api.user.updateSchool(
        {
          name: name.trim(),
          locale,
          timeZone,
          theme,
          selfSignUp,
          ...(logo ? { logoFileId: logo.fileId } : {})
        },
        { ifMatch: school.version }
      )
    )
    showToast(i18n.getFixedT(null, 'admin')('saved'), { tone: 'good' })
    keep(changed)
  })
  const load = async () => keep(await api.user.getSchool({}))
  const zones = Intl.supportedValuesOf('timeZone')

  return (
    <form onSubmit={onSubmit} className={classes.stack}>
      <StaleNotice error={error} onLoad={() => void load()} />
      {isStale(error) ? null : <ProblemAlert error={error} fields={['name', 'locale', 'timeZone', 'logoFileId']} />}
      <Surface title={t('school.about')}>
        <div className={classes.fields}>
          <TextInput
            name="name"
            label={t('school.name')}
            required
            withAsterisk={false}
            maxLength={120}
            defaultValue={school.name}
            error={fieldError('name')}
          />
          <NativeSelect
            name="locale"
            label={t('school.language')}
            description={t('school.languageHint')}
            defaultValue={supported(school.locale) ?? school.locale}
            data={languageList}
            error={fieldError('locale')}
          />
          <NativeSelect
            name="timeZone"
            label={t('school.timeZone')}
            description={t('school.timeZoneHint')}
            defaultValue={school.timeZone}
            data={(zones.includes(school.timeZone) ? zones : [school.timeZone, ...zones]).map((zone) => ({
              value: zone,
              label: zone.replaceAll('_', ' ')
            }))}
            error={fieldError('timeZone')}
          />
        </div>
      </Surface>
      <Surface title={t('school.look')} description={t('school.lookWords')}>
        <div className={classes.fields}>
          <LogoField
            url={logo ? logo.url : school.logoUrl}
            error={fieldError('logoFileId')}
            onChange={(fileId, url) => setLogo({ fileId, url })}
          />
          <ColorChoice theme={theme} name={school.name} onChange={setTheme} />
        </div>
      </Surface>
      <Surface title={t('school.entry')}>
        <Switch
          checked={selfSignUp}
          onChange={(event) => setSelfSignUp(event.currentTarget.checked)}
          label={t('school.selfSignUp')}
          description={t('school.selfSignUpHint')}
        />
      </Surface>
      <div>
        <Button type="submit" loading={pending}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
