import classes from './auth-layout.module.css'

const ARCHES = [0, 1, 2, 3]
const ROWS = [0, 1, 2, 3, 4, 5, 6]

/** Rows of arches in the school's colour, drawn, not downloaded. */
export const Arcade = () => (
  <svg className={classes.arcade} viewBox="0 0 400 900" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
    {ROWS.flatMap((row) =>
      ARCHES.map((arch) => (
        <g key={`${row}-${arch}`} transform={`translate(${arch * 100} ${row * 130})`} opacity={0.2 - row * 0.02}>
          <path d="M6 130V56a44 44 0 0 1 88 0v74" fill="currentColor" />
          <path d="M22 130V58a28 28 0 0 1 56 0v72" fill="var(--arcade-inner)" opacity="0.55" />
        </g>
      ))
    )}
  </svg>
)
