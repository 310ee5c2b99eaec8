/** The arch of Lyceum; stands where a school has no logo of its own. */
export const Mark = () => (
  <svg
    viewBox="0 0 48 48"
    width="40"
    height="40"
    fill="none"
    stroke="currentColor"
    strokeWidth="3"
    strokeLinecap="round"
    aria-hidden="true"
  >
    <path d="M6 42V24a18 18 0 0 1 36 0v18M15 42V25a9 9 0 0 1 18 0v17M24 42V26M3 42h42" />
  </svg>
)
