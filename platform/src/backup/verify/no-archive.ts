/** Nothing of a copy reaches an archive, whatever the settings that were restored say. */
export const NO_ARCHIVE = { archive_mode: 'off', archive_command: '', archive_timeout: '0' } as const
