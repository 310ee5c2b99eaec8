import { mustAnswer, type Probe, ProbeFailed, textAt } from '@lyceum/platform/probe'

/** Everything else is done by people who are signed in, so this comes first. */
export const signInProbe: Probe = {
  name: 'sign-in',
  about: 'people sign in, are who they are, and nobody gets in with a wrong password',
  run: async ({ teacher, learner }) => {
    for (const person of [teacher, learner]) {
      const { email, password } = person
      const answer = await person.send('POST', '/auth/sign-in', { body: { email, password } })
      person.bear(textAt(mustAnswer(answer, 200, 'signing in').body, 'accessToken'))
      const me = mustAnswer(await person.send('GET', '/me'), 200, 'asking who I am')
      if (textAt(me.body, 'email') !== email)
        throw new ProbeFailed(`${email} was taken for ${textAt(me.body, 'email')}`)
    }
    const body = { email: teacher.email, password: `not ${teacher.password}` }
    const wrong = await teacher.send('POST', '/auth/sign-in', { body })
    if (wrong.status < 400 || wrong.status >= 500)
      throw new ProbeFailed(`a wrong password was answered ${wrong.status}`)
  }
}
