import classes from './course-cover.module.css'
import { contrast } from './palette.ts'

interface Props {
  readonly course: {
    readonly coverUrl: string | null
    readonly color: string
    readonly code: string | null
    readonly title: string
  }
  readonly small?: boolean
}

/** The face of a course: its picture, or its colour with arches and its code. Says nothing that is not beside it. */
export function CourseCover({ course, small = false }: Props) {
  const { coverUrl, color, code, title } = course
  const ink = contrast(color, '#ffffff') >= 4.5 ? '#ffffff' : '#1f1c17'
  return (
    <div
      className={classes.cover}
      data-small={small || undefined}
      style={{ backgroundColor: color, color: ink }}
      aria-hidden="true"
    >
      {coverUrl ? (
        <img src={coverUrl} alt="" loading="lazy" decoding="async" />
      ) : (
        <>
          <Arches />
          <span className={classes.code}>
            <bdi>{small ? initials(title) : (code ?? initials(title))}</bdi>
          </span>
        </>
      )}
    </div>
  )
}

const initials = (title: string): string =>
  title
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, 2)
    .map((word) => word.slice(0, 1).toLocaleUpperCase())
    .join('')

const Arches = () => (
  <svg viewBox="0 0 320 120" preserveAspectRatio="xMaxYMax slice" fill="none" stroke="currentColor" strokeWidth="1.5">
    <title>Lyceum</title>
    {[0, 1, 2, 3].map((step) => (
      <path
        key={step}
        d={`M${150 + step * 16} 124V${84}a${62 - step * 16} ${62 - step * 16} 0 0 1 ${124 - step * 32} 0V124`}
      />
    ))}
    {[0, 1, 2].map((step) => (
      <path
        key={step}
        d={`M${40 + step * 16} 124V104a${50 - step * 16} ${50 - step * 16} 0 0 1 ${100 - step * 32} 0V124`}
      />
    ))}
  </svg>
)
