import type { CourseHome } from '@lyceum/course/contract'
import { Button, CloseButton } from '@mantine/core'
import IconLockOpen from '@tabler/icons-react/dist/esm/icons/IconLockOpen.mjs'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { announce } from '../../../ui/announce.ts'
import { showToast } from '../../../ui/toast.ts'
import { useProblemWords } from '../../../ui/use-problem-words.ts'
import { useReader } from '../outline/use-reader.ts'
import type { StudyNews } from '../study/study-queue.ts'
import { useStudyNotice } from '../study/use-study.ts'
import classes from './news.module.css'

interface Heard extends StudyNews {
  /** The item on the screen when the news came. */
  readonly at: string
}

/** Hears and says aloud what a report has completed and opened; holds what there is to show of it. */
export function useNews(courseId: string, itemId: string): { news: StudyNews | undefined; close: () => void } {
  const { t, locale } = useReader()
  const problemWords = useProblemWords()
  const queryClient = useQueryClient()
  const [heard, setHeard] = useState<Heard>()
  useStudyNotice((notice) => {
    if (notice.kind === 'refused')
      return showToast(t('news.refused', { why: problemWords(notice.error) }), { tone: 'bad' })
    const { news } = notice
    if (news.courseId !== courseId || !(news.itemCompleted || news.courseCompleted || news.unlocked.length > 0)) return
    const title = queryClient.getQueryData<{ title: string }>(['getItem', { itemId: news.itemId }])?.title ?? ''
    const items = new Intl.ListFormat(locale, { type: 'conjunction' }).format(news.unlocked.map((one) => one.title))
    if (news.itemCompleted)
      announce(items ? t('news.completedAndOpen', { item: title, items }) : t('news.completed', { item: title }))
    setHeard({ ...news, at: itemId })
  })
  const shown = heard && heard.courseId === courseId && (heard.at === itemId || heard.courseCompleted)
  return { news: shown ? heard : undefined, close: () => setHeard(undefined) }
}

interface Props {
  readonly news: StudyNews | undefined
  readonly home: CourseHome
  readonly onClose: () => void
}

/** What was just opened or completed, above the footer. */
export function News({ news, home, onClose }: Props) {
  const { t } = useReader()
  const { t: ui } = useTranslation('ui')
  const close = <CloseButton onClick={onClose} aria-label={ui('close')} className={classes.close ?? ''} />
  if (news?.courseCompleted) return <Celebration home={home} close={close} />
  const [first, ...more] = news?.unlocked ?? []
  if (!news || !first) return null
  return (
    <div className={classes.unlocked}>
      <IconLockOpen size={22} aria-hidden />
      <p>
        {more.length > 0
          ? t('news.openedMore', { item: first.title, count: more.length })
          : t('news.opened', { item: first.title })}
      </p>
      <Button
        component={Link}
        to={path.item({ courseId: news.courseId, itemId: first.itemId })}
        size="sm"
        variant="light"
      >
        {t('news.go')}
      </Button>
      {close}
    </div>
  )
}

function Celebration({ home, close }: { readonly home: CourseHome; readonly close: ReactNode }) {
  const { t } = useReader()
  const { course, progress } = home
  return (
    <section className={classes.celebration} aria-labelledby="course-completed">
      <Arches />
      <div className={classes.words}>
        <h2 id="course-completed">{t('news.courseTitle', { course: course.title })}</h2>
        <p>{t('news.courseWords', { count: progress.total })}</p>
        <div className={classes.buttons}>
          <Button component={Link} to={path.dashboard()}>
            {t('news.whatNext')}
          </Button>
          <Button component={Link} to={path.course({ courseId: course.id })} variant="default">
            {t('news.lookBack')}
          </Button>
        </div>
      </div>
      {close}
    </section>
  )
}

const Arches = () => (
  <svg viewBox="0 0 120 96" fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" aria-hidden="true">
    <path pathLength="1" d="M6 92h108" />
    <path pathLength="1" d="M16 92V54a44 44 0 0 1 88 0v38" />
    <path pathLength="1" d="M34 92V56a26 26 0 0 1 52 0v36" />
    <path pathLength="1" d="M49 62l9 9 15-18" />
  </svg>
)
