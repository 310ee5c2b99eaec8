import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { api } from '../../api.ts'
import { path } from '../../path.ts'
import { useMaybeMe } from '../../shell/session.ts'
import classes from './auth-layout.module.css'
import { AuthLayout } from './auth-layout.tsx'
import { TokenGate } from './token-gate.tsx'

/** Confirms an address as soon as the link is opened. */
export default function VerifyEmailPage() {
  const { t } = useTranslation('auth')
  const { token = '' } = useParams()
  const me = useMaybeMe()
  const queryClient = useQueryClient()
  // A query although it changes something: it runs once per link however often the page is drawn, and can be repeated.
  const { data, error, refetch } = useQuery({
    queryKey: ['verifyEmail', { token }],
    queryFn: () => api.user.verifyEmail({ token }),
    staleTime: Number.POSITIVE_INFINITY
  })
  useEffect(() => {
    if (data) void queryClient.invalidateQueries({ queryKey: ['getMe'] })
  }, [data, queryClient])

  if (!data) return <TokenGate title={t('verifyEmail.title')} error={error} onRetry={() => void refetch()} />
  return (
    <AuthLayout title={t('verifyEmail.title')}>
      <p className={`${classes.note} ${classes.good}`} role="status">
        {t('verifyEmail.done', { email: data.email })}
      </p>
      <Button component={Link} to={me ? path.dashboard() : path.signIn()} size="lg" fullWidth data-first>
        {me ? t('verifyEmail.go') : t('signIn.submit')}
      </Button>
    </AuthLayout>
  )
}
