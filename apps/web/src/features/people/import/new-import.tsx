import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { LocalFile } from '../../../ui/local-file.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { Surface } from '../../../ui/surface.tsx'
import { FileExample } from './file-example.tsx'
import classes from './import.module.css'
import { type DecodedText, decodeAs, decodeText, type Encoding, encodings, isWorkbook } from './read-csv-file.ts'

/** Most characters the server takes. */
const MOST = 12_000_000
const PREVIEW_LINES = 5

interface Props {
  readonly courseId: string | undefined
  readonly onChecked: (importId: string) => void
}

interface Chosen extends DecodedText {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Choosing a file: read here, in whatever alphabet it was saved, and checked by the server; nothing happens yet. */
export function NewImport({ courseId, onChecked }: Props) {
  const { t } = useTranslation('people')
  const queryClient = useQueryClient()
  const [chosen, setChosen] = useState<Chosen>()
  const [refusal, setRefusal] = useState<'workbook' | 'tooBig' | 'unreadable'>()
  const check = useMutation({
    mutationFn: ({ name, text }: Pick<Chosen, 'name' | 'text'>) =>
      api.course.createPeopleImport({ fileName: name, csv: text, ...(courseId === undefined ? {} : { courseId }) }),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ['listPeopleImports'] })
      onChecked(id)
    }
  })

  const take = async (file: File) => {
    check.reset()
    setChosen(undefined)
    setRefusal(undefined)
    const bytes = await file.bytes().catch(() => undefined)
    if (bytes === undefined) return setRefusal('unreadable')
    if (isWorkbook(bytes)) return setRefusal('workbook')
    const read = decodeText(bytes)
    if (read.text.length > MOST) return setRefusal('tooBig')
    if (read.certain) check.mutate({ name: file.name, text: read.text })
    else setChosen({ ...read, name: file.name, bytes })
  }

  return (
    <div className={classes.columns}>
      <Surface title={t('peopleImport.choose')}>
        <p className={classes.words}>{t('peopleImport.nothingYet')}</p>
        <ProblemAlert error={check.error} />
        {refusal ? <p role="alert">{t(`peopleImport.${refusal}`)}</p> : null}
        {chosen ? (
          <ChooseEncoding
            chosen={chosen}
            loading={check.isPending}
            onChange={(encoding) => setChosen({ ...chosen, encoding, text: decodeAs(chosen.bytes, encoding) })}
            onGo={() => check.mutate(chosen)}
            onCancel={() => setChosen(undefined)}
          />
        ) : (
          <LocalFile
            label={check.isPending ? t('peopleImport.checking') : t('peopleImport.drop')}
            accept=".csv,.txt,.tsv,text/csv,text/plain"
            hint={t('peopleImport.limit')}
            loading={check.isPending}
            onChosen={(file) => void take(file)}
          />
        )}
      </Surface>
      <FileExample withCourse={courseId === undefined} />
    </div>
  )
}

interface EncodingProps {
  readonly chosen: Chosen
  readonly loading: boolean
  readonly onChange: (encoding: Encoding) => void
  readonly onGo: () => void
  readonly onCancel: () => void
}

/** Old code pages do not say which they are; the person sees at once whether the letters are right. */
function ChooseEncoding({ chosen, loading, onChange, onGo, onCancel }: EncodingProps) {
  const { t } = useTranslation('people')
  const lines = chosen.text.split(/\r?\n/).slice(0, PREVIEW_LINES).join('\n')
  return (
    <>
      <p className={classes.words}>{t('peopleImport.whichLetters', { file: chosen.name })}</p>
      <pre className={classes.preview} dir="auto">
        {lines}
      </pre>
      <div className={classes.buttons}>
        <NativeSelect
          label={t('peopleImport.alphabet')}
          value={chosen.encoding}
          data={encodings.map((value) => ({ value, label: t(`peopleImport.encodings.${value}`) }))}
          onChange={(event) => {
            const found = encodings.find((one) => one === event.currentTarget.value)
            if (found) onChange(found)
          }}
        />
        <Button variant="default" onClick={onCancel}>
          {t('peopleImport.otherFile')}
        </Button>
        <Button loading={loading} onClick={onGo}>
          {t('peopleImport.lettersRight')}
        </Button>
      </div>
    </>
  )
}
