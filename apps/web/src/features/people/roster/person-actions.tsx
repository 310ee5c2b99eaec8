import type { Enrolment, EnrolmentRole } from '@lyceum/course/contract'
import { ActionIcon, Menu } from '@mantine/core'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs'
import IconUserMinus from '@tabler/icons-react/dist/esm/icons/IconUserMinus.mjs'
import IconUsers from '@tabler/icons-react/dist/esm/icons/IconUsers.mjs'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast, showUndo } from '../../../ui/toast.ts'
import { useProblemWords } from '../../../ui/use-problem-words.ts'
import { useRoleOptions } from '../role-options.ts'
import { FollowedDialog } from './followed-dialog.tsx'
import { useEndEnrolments } from './use-end-enrolments.ts'

/** What can be done with one person of a course: another role, whom they follow, out. */
export function PersonActions({ enrolment }: { readonly enrolment: Enrolment }) {
  const { t } = useTranslation('people')
  const queryClient = useQueryClient()
  const words = useProblemWords()
  const end = useEndEnrolments()
  const options = useRoleOptions()
  const [choosing, setChoosing] = useState(false)
  const change = useMutation({
    mutationFn: ({ role }: { role: EnrolmentRole; undone?: boolean }) =>
      whileSaving(api.course.updateEnrolment({ enrolmentId: enrolment.id, role })),
    onSuccess: async ({ role, name }, { undone }) => {
      await queryClient.invalidateQueries({ queryKey: ['listEnrolments'] })
      const message = t('coursePeople.roleChanged', { name, role: t(`roles.${role}`) })
      if (undone) showToast(message, { tone: 'good' })
      else showUndo(message, t('undo'), () => change.mutate({ role: enrolment.role, undone: true }))
    },
    onError: (error) => showToast(words(error), { tone: 'bad' })
  })

  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            loading={change.isPending}
            aria-label={t('coursePeople.actionsFor', { name: enrolment.name })}
          >
            <IconDots size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {options
            .filter(({ value }) => value !== enrolment.role)
            .map(({ value }) => (
              <Menu.Item key={value} onClick={() => change.mutate({ role: value })}>
                {t(`coursePeople.make.${value}`)}
              </Menu.Item>
            ))}
          <Menu.Divider />
          {enrolment.role === 'observer' ? (
            <Menu.Item leftSection={<IconUsers size={18} aria-hidden />} onClick={() => setChoosing(true)}>
              {t('coursePeople.chooseFollowed')}
            </Menu.Item>
          ) : null}
          <Menu.Item leftSection={<IconUserMinus size={18} aria-hidden />} onClick={() => void end([enrolment])}>
            {t('coursePeople.remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {choosing ? <FollowedDialog enrolment={enrolment} onClose={() => setChoosing(false)} /> : null}
    </>
  )
}
