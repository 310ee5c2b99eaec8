import type { PeopleImport } from '@lyceum/course/contract'
import { api } from '../../../api.ts'
import { downloadCsv } from '../../../ui/csv.ts'
import type { RowFaults } from './use-row-faults.ts'

const PAGE = 100

/** The rows that were left out, with what is wrong, as a file to correct and import again. */
export async function downloadErrorRows(run: PeopleImport, faultHeader: string, faults: RowFaults): Promise<void> {
  const lines = [['name', 'email', 'role', 'course', faultHeader]]
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Awaited<ReturnType<typeof api.course.listPeopleImportRows>> = await api.course.listPeopleImportRows({
      importId: run.id,
      outcome: run.state === 'undone' ? 'failed' : 'error',
      limit: PAGE,
      ...(cursor ? { cursor } : {})
    })
    for (const row of page.entries) lines.push([row.name, row.email, row.role, row.course, faults(row).join(' ')])
    cursor = page.nextCursor
  }
  downloadCsv(run.fileName.replace(/\.\w+$/, '').concat('-errors.csv'), lines)
}
