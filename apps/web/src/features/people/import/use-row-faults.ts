import type { ImportRow } from '@lyceum/course/contract'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'

type Row = Static<typeof ImportRow>
export type RowFaults = (row: Row, column?: string) => string[]

/** What is wrong with a cell, in the reader's language; the server itself speaks English. */
export function useRowFaults(): RowFaults {
  const { t, i18n } = useTranslation('people')
  const known = (code: string): code is 'missing' => i18n.exists(`peopleImport.faults.${code}`, { ns: 'people' })
  return ({ errors }, column) =>
    errors
      .filter((error) => column === undefined || error.column === column)
      .map(({ code, message }) => (i18n.language !== 'en' && known(code) ? t(`peopleImport.faults.${code}`) : message))
}
