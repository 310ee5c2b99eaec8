import { mustAnswer, type Probe } from '@lyceum/platform/probe'

export const notificationsProbe: Probe = {
  name: 'notifications',
  about: 'people see what is new for them',
  run: async ({ learner }) => {
    mustAnswer(await learner.send('GET', '/notifications'), 200, 'reading notifications')
  }
}
