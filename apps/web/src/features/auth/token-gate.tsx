import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../path.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { AuthLayout } from './auth-layout.tsx'

interface Props {
  readonly title: string
  readonly error: unknown
  readonly onRetry: () => void
  /** What helps when a link has grown old. */
  readonly remedy?: ReactNode
}

/** While the link in a message is being looked at, and when it turns out to be old. */
export function TokenGate({ title, error, onRetry, remedy }: Props) {
  const { t } = useTranslation('auth')
  if (!error)
    return (
      <AuthLayout title={title}>
        <Loading count={2} />
      </AuthLayout>
    )
  return (
    <AuthLayout title={title}>
      <ErrorState
        error={error}
        safety={t('link.remedy')}
        onRetry={onRetry}
        action={
          remedy ?? (
            <Button component={Link} to={path.signIn()} variant="default">
              {t('back')}
            </Button>
          )
        }
      />
    </AuthLayout>
  )
}
