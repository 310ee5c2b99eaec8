import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs'
import IconCircleX from '@tabler/icons-react/dist/esm/icons/IconCircleX.mjs'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { query } from '../../../api.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Loading } from '../../../ui/loading.tsx'
import { Surface } from '../../../ui/surface.tsx'
import { roleOf } from '../roles.ts'
import classes from './people.module.css'

/** What a person may do in the whole school, and because of what. */
export function PersonPermissions({ userId }: { readonly userId: string }) {
  const { t, i18n } = useTranslation('admin')
  const { data, error, refetch } = useQuery(query('user', 'explainPermissions', { userId }))
  // Permissions are named by the server, `people:read`; a colon would send i18next to another file.
  const known = (key: string): key is 'people-read' => i18n.exists(`permissions.${key}`, { ns: 'admin' })
  const words = (permission: string) => {
    const key = permission.replace(':', '-')
    return known(key) ? t(`permissions.${key}`) : permission
  }
  const reason = useReason()
  return (
    <Surface title={t('person.may')} description={t('person.mayWords')}>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading shape="rows" />
      ) : (
        <ul className={classes.permissions}>
          {data.permissions
            .toSorted((one, other) => Number(other.granted) - Number(one.granted))
            .map(({ permission, granted, because }) => (
              <li key={permission} data-granted={granted}>
                {granted ? <IconCircleCheck size={20} aria-hidden /> : <IconCircleX size={20} aria-hidden />}
                <span className={classes.permission}>
                  <strong>{words(permission)}</strong>
                  <span className={classes.because}>{reason(because)}</span>
                </span>
              </li>
            ))}
        </ul>
      )}
    </Surface>
  )
}

/** The server's reason, such as "role teacher; needs administrator", in the reader's language. */
function useReason(): (because: string) => string {
  const { t, i18n } = useTranslation('admin')
  const inWords = (text: string) =>
    new Intl.ListFormat(i18n.language, { type: 'disjunction' }).format(
      text.split(', ').map((word) => {
        const role = roleOf(word)
        return role ? t(`roles.${role}`) : word
      })
    )
  return (because) => {
    const [, role, needed] = /^role (\w+)(?:; needs ([\w, ]+))?$/.exec(because) ?? []
    if (role && needed) return t('person.lacks', { role: inWords(role), needed: inWords(needed) })
    if (role) return t('person.has', { role: inWords(role) })
    if (because === 'account is locked') return t('person.locked')
    if (because === 'operator of the installation') return t('person.operator')
    if (because === 'only for operators') return t('person.onlyOperators')
    return because
  }
}
