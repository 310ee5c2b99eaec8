import { Menu, useMantineColorScheme } from '@mantine/core'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import IconBuildingCommunity from '@tabler/icons-react/dist/esm/icons/IconBuildingCommunity.mjs'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import IconLogout from '@tabler/icons-react/dist/esm/icons/IconLogout.mjs'
import IconUserCircle from '@tabler/icons-react/dist/esm/icons/IconUserCircle.mjs'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { api } from '../api.ts'
import { chooseLanguage, type Language, languages } from '../locale/i18n.ts'
import { path } from '../path.ts'
import { chooseDensity, type Density, useDensity } from '../ui/density.ts'
import { showToast } from '../ui/toast.ts'
import { useProblemWords } from '../ui/use-problem-words.ts'
import classes from './avatar-menu.module.css'
import { endSession, meQuery, useMe } from './session.ts'
import bar from './top-bar.module.css'

/** Oneself: account, language, look, and the way out. */
export function AvatarMenu() {
  const { t, i18n } = useTranslation()
  const me = useMe()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const words = useProblemWords()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const density = useDensity()

  const speak = async (language: Language) => {
    await chooseLanguage(language)
    queryClient.setQueryData(meQuery.queryKey, await api.user.updateMe({ locale: language }))
  }
  const signOut = async () => {
    await api.user.signOut({})
    endSession(queryClient)
    await navigate(path.signIn())
  }
  const tell = (error: unknown) => showToast(words(error), { tone: 'bad' })

  return (
    <Menu position="bottom-end" width={264} shadow="lg" radius="lg" withinPortal>
      <Menu.Target>
        <button type="button" className={bar.tool} aria-label={t('me.menu', { name: me.name })}>
          <span className={bar.avatar} aria-hidden="true">
            {initials(me.name)}
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <strong>{me.name}</strong>
          <span>{me.email}</span>
        </div>
        <Menu.Item component={Link} to={path.account()} leftSection={<IconUserCircle size={20} aria-hidden />}>
          {t('me.account')}
        </Menu.Item>
        {me.operator ? (
          <Menu.Item
            component={Link}
            to={path.operator()}
            leftSection={<IconBuildingCommunity size={20} aria-hidden />}
          >
            {t('me.operator')}
          </Menu.Item>
        ) : null}
        <Menu.Divider />
        <Choice
          label={t('me.language')}
          value={i18n.language}
          options={Object.entries(languages).map(([value, label]) => ({ value, label, lang: value }))}
          onChoose={(value) => {
            const language = value === 'ar' ? 'ar' : 'en'
            speak(language).catch(tell)
          }}
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
          onChoose={(value: Density) => chooseDensity(value)}
        />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={20} aria-hidden />} onClick={() => signOut().catch(tell)}>
          {t('me.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

interface ChoiceProps<Value extends string> {
  readonly label: string
  readonly value: string
  readonly options: readonly { readonly value: Value; readonly label: string; readonly lang?: string }[]
  readonly onChoose: (value: Value) => void
}

function Choice<Value extends string>({ label, value, options, onChoose }: ChoiceProps<Value>) {
  return (
    <>
      <Menu.Label>{label}</Menu.Label>
      <div className={classes.options}>
        {options.map((option) => (
          <Menu.Item
            key={option.value}
            role="menuitemradio"
            aria-checked={option.value === value}
            closeMenuOnClick={false}
            className={classes.option}
            onClick={() => onChoose(option.value)}
            {...(option.lang ? { lang: option.lang } : {})}
          >
            {option.value === value ? <IconCheck size={15} stroke={2.5} aria-hidden /> : null}
            {option.label}
          </Menu.Item>
        ))}
      </div>
    </>
  )
}

const initials = (name: string): string => {
  const words = name.trim().split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '')
  return letters.join('').toLocaleUpperCase()
}
