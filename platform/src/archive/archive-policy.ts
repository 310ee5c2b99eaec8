/** Old rows of one table that leave the database for a file. */
export interface ArchivePolicy {
  /** What an operator calls them: `mails`. */
  readonly name: string
  /** With schema, as PostgreSQL writes it. */
  readonly table: string
  /** The column whose instant says how old a row is. */
  readonly age: string
  /** In SQL: which rows of that age are of no use to anybody in the product any more. */
  readonly where: string
  /** Days after which they go unless ARCHIVE_AFTER_DAYS says otherwise: before the product forgets them by itself. */
  readonly afterDays: number
}
