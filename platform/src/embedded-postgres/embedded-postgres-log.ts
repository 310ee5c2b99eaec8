/** Where the embedded PostgreSQL reports what it does; a pino logger fits. */
export interface EmbeddedPostgresLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
