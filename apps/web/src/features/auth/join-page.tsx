import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import { api, query } from '../../api.ts'
import { path } from '../../path.ts'
import { endSession, useMaybeMe } from '../../shell/session.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useSubmit } from '../../ui/use-submit.ts'
import { useAfterSignIn } from './after-sign-in.ts'
import classes from './auth-layout.module.css'
import { AuthLayout } from './auth-layout.tsx'
import { NewAccountFields, useNewPasswordCheck } from './new-account-fields.tsx'
import { Providers } from './providers.tsx'
import { TokenGate } from './token-gate.tsx'

/** Where a join link leads: into the course for people who are signed in, to a new account for the others. */
export default function JoinPage() {
  const { t } = useTranslation('auth')
  const { token = '' } = useParams()
  const me = useMaybeMe()
  const { data, error, refetch } = useQuery(query('course', 'getJoinLink', { token }))
  if (!data) return <TokenGate title={t('join.title')} error={error} onRetry={() => void refetch()} />
  return (
    <AuthLayout
      title={data.courseTitle}
      description={
        <>
          {data.description ? `${data.description} ` : ''}
          {t('join.as', { role: t(`role.${data.role}`) })}
        </>
      }
      footer={me ? undefined : <SignInInstead token={token} />}
    >
      {me ? <JoinAsMe token={token} name={me.name} /> : <JoinAsNew token={token} />}
    </AuthLayout>
  )
}

function JoinAsMe({ token, name }: { readonly token: string; readonly name: string }) {
  const { t } = useTranslation('auth')
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const join = useMutation({
    mutationFn: () => api.course.join({ token }),
    onSuccess: async ({ courseId }) => {
      await queryClient.invalidateQueries()
      await navigate(path.course({ courseId }), { replace: true })
    }
  })
  const leave = useMutation({
    mutationFn: () => api.user.signOut({}),
    onSuccess: () => endSession(queryClient)
  })
  return (
    <div className={classes.form}>
      <ProblemAlert error={join.error ?? leave.error} />
      <Button size="lg" fullWidth loading={join.isPending} onClick={() => join.mutate()} data-first>
        {t('join.submitAs', { name })}
      </Button>
      <Button variant="subtle" loading={leave.isPending} onClick={() => leave.mutate()}>
        {t('join.notMe')}
      </Button>
    </div>
  )
}

function JoinAsNew({ token }: { readonly token: string }) {
  const { t } = useTranslation('auth')
  const afterSignIn = useAfterSignIn()
  const { onSubmit, pending, error, fieldError } = useSubmit(async ({ name = '', email = '', password = '' }) => {
    const { courseId } = await api.course.signUpAndJoin({ token, name: name.trim(), email: email.trim(), password })
    await afterSignIn(await api.user.signIn({ email: email.trim(), password }), path.course({ courseId }))
  }, useNewPasswordCheck())
  return (
    <>
      <Providers to={path.join({ token })} />
      <form className={classes.form} onSubmit={onSubmit}>
        <ProblemAlert error={error} fields={['name', 'email', 'password']} />
        <NewAccountFields fieldError={fieldError} />
        <Button type="submit" size="lg" loading={pending} fullWidth>
          {t('join.submit')}
        </Button>
      </form>
    </>
  )
}

function SignInInstead({ token }: { readonly token: string }) {
  const { t } = useTranslation('auth')
  return (
    <p>
      {t('signUp.known')}{' '}
      <Link className={classes.link} to={path.signIn({ to: path.join({ token }) })}>
        {t('signIn.submit')}
      </Link>
    </p>
  )
}
