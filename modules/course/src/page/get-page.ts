import { askFirst } from '@lyceum/platform/module'
import type { CourseContext, Given } from '../context.ts'
import type { Page } from '../contract.ts'
import { askForFiles } from '../item/ask-for-files.ts'
import { loadPage } from './load-page.ts'
import { showPage } from './show-page.ts'

export const getPage = askFirst(
  askForFiles,
  async (context: CourseContext, { itemId }: Given<'getPage'>, { files }): Promise<Page> => {
    const { access, page } = await loadPage(context, itemId)
    return { ...page, html: showPage(page.html, access.course.id, files) }
  }
)
