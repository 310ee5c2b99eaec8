import { useMantineColorScheme } from '@mantine/core'
import IconBuildingCommunity from '@tabler/icons-react/dist/esm/icons/IconBuildingCommunity.mjs'
import IconLogout from '@tabler/icons-react/dist/esm/icons/IconLogout.mjs'
import IconUserCircle from '@tabler/icons-react/dist/esm/icons/IconUserCircle.mjs'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../api.ts'
import type { Language } from '../locale/files.ts'
import { chooseLanguage, languageList } from '../locale/i18n.ts'
import { path } from '../path.ts'
import { Choice } from '../ui/choice.tsx'
import { chooseDensity, useDensity } from '../ui/density.ts'
import { showToast } from '../ui/toast.ts'
import { useProblemWords } from '../ui/use-problem-words.ts'
import classes from './avatar-panel.module.css'
import { leave, meQuery, useMe } from './session.ts'

/** What opens under the avatar. */
export default function AvatarPanel({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const me = useMe()
  const queryClient = useQueryClient()
  const words = useProblemWords()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const density = useDensity()

  const speak = async (language: Language) => {
    await chooseLanguage(language)
    queryClient.setQueryData(meQuery.queryKey, await api.user.updateMe({ locale: language }))
  }
  const signOut = async () => {
    await api.user.signOut({})
    leave()
  }
  const tell = (error: unknown) => showToast(words(error), { tone: 'bad' })

  return (
    <>
      <div className={classes.who}>
        <strong>{me.name}</strong>
        <bdi>{me.email}</bdi>
      </div>
      <Link to={path.account()} onClick={onClose} className={classes.entry}>
        <IconUserCircle size={21} stroke={1.75} aria-hidden />
        {t('me.account')}
      </Link>
      {me.operator ? (
        <Link to={path.operator()} onClick={onClose} className={classes.entry}>
          <IconBuildingCommunity size={21} stroke={1.75} aria-hidden />
          {t('me.operator')}
        </Link>
      ) : null}
      <div className={classes.choices}>
        <Choice
          label={t('me.language')}
          value={i18n.language}
          options={languageList}
          onChoose={(language) => speak(language).catch(tell)}
        />
        <Choice
          label={t('me.scheme')}
          value={colorScheme}
          options={(['light', 'dark', 'auto'] as const).map((value) => ({ value, label: t(`me.schemes.${value}`) }))}
          onChoose={setColorScheme}
        />
        <Choice
          label={t('me.density')}
          value={density}
          options={(['comfortable', 'compact'] as const).map((value) => ({ value, label: t(`me.densities.${value}`) }))}
          onChoose={chooseDensity}
        />
      </div>
      <button type="button" className={classes.entry} onClick={() => signOut().catch(tell)}>
        <IconLogout size={21} stroke={1.75} aria-hidden className={classes.turn} />
        {t('me.signOut')}
      </button>
    </>
  )
}
