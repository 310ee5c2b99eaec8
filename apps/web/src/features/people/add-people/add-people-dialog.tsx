import { Tabs } from '@mantine/core'
import '@mantine/core/styles/Tabs.css'
import { Button } from '@mantine/core'
import IconFileSpreadsheet from '@tabler/icons-react/dist/esm/icons/IconFileSpreadsheet.mjs'
import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs'
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { AddByEmail } from './add-by-email.tsx'
import classes from './add-people.module.css'
import { JoinLinks } from './join-links.tsx'

interface Props {
  readonly courseId: string
  readonly onClose: () => void
}

/** Three ways into a course: by address, by a link to pass on, by a file. */
export default function AddPeopleDialog({ courseId, onClose }: Props) {
  const { t } = useTranslation('people')
  return (
    <Dialog opened onClose={onClose} title={t('addPeople.title')} wide>
      <Tabs defaultValue="email" keepMounted={false}>
        <Tabs.List className={classes.tabs} aria-label={t('addPeople.ways')}>
          <Tabs.Tab value="email" leftSection={<IconMail size={18} aria-hidden />}>
            {t('addPeople.byEmail')}
          </Tabs.Tab>
          <Tabs.Tab value="link" leftSection={<IconLink size={18} aria-hidden />}>
            {t('addPeople.byLink')}
          </Tabs.Tab>
          <Tabs.Tab value="file" leftSection={<IconFileSpreadsheet size={18} aria-hidden />}>
            {t('addPeople.byFile')}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="email" className={classes.panel ?? ''}>
          <AddByEmail courseId={courseId} onDone={onClose} />
        </Tabs.Panel>
        <Tabs.Panel value="link" className={classes.panel ?? ''}>
          <JoinLinks courseId={courseId} />
        </Tabs.Panel>
        <Tabs.Panel value="file" className={classes.panel ?? ''}>
          <p className={classes.words}>{t('addPeople.fileWords')}</p>
          <Button component={Link} to={path.coursePeopleImport({ courseId })}>
            {t('addPeople.toImport')}
          </Button>
        </Tabs.Panel>
      </Tabs>
    </Dialog>
  )
}
