import type { IdentityProvider } from '@lyceum/user/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { schoolQuery } from '../../../shell/session.ts'
import { Choice } from '../../../ui/choice.tsx'
import { CopyText } from '../../../ui/copy-text.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { ProviderForm } from './provider-form.tsx'
import classes from './providers.module.css'

type Kind = Static<typeof IdentityProvider>['kind']
type Step = 'kind' | 'register' | 'details' | 'done'

const STEPS: readonly Step[] = ['kind', 'register', 'details', 'done']

/** Four steps, in the order in which one needs things from the other side. */
export function ProviderWizard({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useTranslation('admin')
  const queryClient = useQueryClient()
  const [step, setStep] = useState<Step>('kind')
  const [kind, setKind] = useState<Kind>('oidc')
  const made = async () => {
    setStep('done')
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['listIdentityProviders'] }),
      queryClient.invalidateQueries({ queryKey: schoolQuery.queryKey })
    ])
  }
  const number = new Intl.NumberFormat(i18n.language)
  return (
    <Dialog opened onClose={onClose} title={t('providers.add')} wide>
      <p className={classes.quiet} role="status">
        {t('providers.step', {
          step: number.format(STEPS.indexOf(step) + 1),
          steps: number.format(STEPS.length),
          name: t(`providers.steps.${step}`)
        })}
      </p>
      {step === 'kind' ? (
        <div className={classes.fields}>
          <Choice
            label={t('providers.kind')}
            value={kind}
            options={[
              { value: 'oidc', label: t('providers.kinds.oidc') },
              { value: 'firebase', label: t('providers.kinds.firebase') }
            ]}
            onChoose={setKind}
          />
          <p className={classes.words}>{t(`providers.about.${kind}`)}</p>
          <Buttons onBack={onClose} back={t('cancel')} onNext={() => setStep('register')} />
        </div>
      ) : step === 'register' ? (
        <div className={classes.fields}>
          {kind === 'oidc' ? <Register /> : <p className={classes.words}>{t('providers.registerFirebase')}</p>}
          <Buttons onBack={() => setStep('kind')} back={t('back')} onNext={() => setStep('details')} />
        </div>
      ) : step === 'details' ? (
        <ProviderForm kind={kind} onBack={() => setStep('register')} onMade={made} />
      ) : (
        <div className={classes.fields}>
          <StatusPill status="done" label={t('providers.made')} />
          <p className={classes.words}>{t('providers.tryIt')}</p>
          <div className={classes.end}>
            <Button onClick={onClose} data-autofocus>
              {t('done')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  )
}

/** What the provider wants to know of us. */
function Register() {
  const { t } = useTranslation('admin')
  const address = `${location.origin}/api/v1/auth/callback`
  return (
    <>
      <p className={classes.words}>{t('providers.registerOidc')}</p>
      <div>
        <p className={classes.label}>{t('providers.redirect')}</p>
        <div className={classes.copyLine}>
          <code className={classes.address} dir="ltr">
            {address}
          </code>
          <CopyText value={address} label={t('copy')} variant="light" />
        </div>
      </div>
      <p className={classes.words}>{t('providers.registerRest')}</p>
    </>
  )
}

interface ButtonsProps {
  readonly back: string
  readonly onBack: () => void
  readonly onNext: () => void
}

function Buttons({ back, onBack, onNext }: ButtonsProps) {
  const { t } = useTranslation('admin')
  return (
    <div className={classes.end}>
      <Button variant="default" onClick={onBack}>
        {back}
      </Button>
      <Button onClick={onNext}>{t('next')}</Button>
    </div>
  )
}
