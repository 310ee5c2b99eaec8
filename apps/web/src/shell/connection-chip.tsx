import IconCloudCheck from '@tabler/icons-react/dist/esm/icons/IconCloudCheck.mjs'
import IconCloudOff from '@tabler/icons-react/dist/esm/icons/IconCloudOff.mjs'
import IconCloudUp from '@tabler/icons-react/dist/esm/icons/IconCloudUp.mjs'
import { useTranslation } from 'react-i18next'
import { type Saving, useSaving } from '../ui/saving.ts'
import classes from './connection-chip.module.css'

/** Always there: whether the work is safe, in words. */
export function ConnectionChip() {
  const { t } = useTranslation()
  const saving = useSaving()
  const state = stateOf(saving)
  const Icon = { saved: IconCloudCheck, saving: IconCloudUp, kept: IconCloudUp, offline: IconCloudOff }[state]
  const words = {
    saved: () => t('connection.saved'),
    saving: () => t('connection.saving'),
    kept: () => t('connection.kept', { count: saving.kept }),
    offline: () => (saving.kept > 0 ? t('connection.offlineKept', { count: saving.kept }) : t('connection.offline'))
  }
  return (
    <div className={classes.chip} data-state={state} role="status" data-chrome>
      <Icon size={17} stroke={1.9} aria-hidden />
      {words[state]()}
    </div>
  )
}

function stateOf({ online, saving, kept }: Saving): 'saved' | 'saving' | 'kept' | 'offline' {
  if (!online) return 'offline'
  if (saving > 0) return 'saving'
  return kept > 0 ? 'kept' : 'saved'
}
