import { createHmac, hkdfSync } from 'node:crypto'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { createOpener, createSealer, type Opener, type Sealer } from './age.ts'
import { BackupError } from './backup-error.ts'

/** What an installation needs to write backups, and, with the identity, to read them. */
export interface BackupKey {
  readonly recipient: string
  readonly sealer: Sealer
  /** Undefined where only the recipient is known: such an installation writes what it cannot read. */
  readonly opener: Opener | undefined
  /** A name for content that tells nobody without the key what the content is. 64 hex digits. */
  digest(bytes: Buffer | string): string
}

/** A new key pair: the identity opens what was sealed for the recipient. */
export async function makeKeyPair(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
}

/**
 * @param given.identity a key of age, also as the text of a file with comments around it
 * @throws BackupError `backup.key-invalid`, `backup.key-mismatch` where identity and recipient do not belong together
 */
export async function readBackupKey({
  recipient: given,
  identity: text
}: {
  readonly recipient: string | null
  readonly identity: string | null
}): Promise<BackupKey> {
  const identity = text === null ? undefined : identityIn(text)
  const derived =
    identity === undefined ? undefined : await identityToRecipient(identity).catch(invalid('BACKUP_IDENTITY'))
  const recipient = given ?? derived
  if (recipient === undefined)
    throw new BackupError(
      'backup.no-key',
      'There is no key for backups. Run `lyceum backup setup`, or name the identity with --identity FILE (or BACKUP_IDENTITY_FILE).',
      'refused'
    )
  if (derived !== undefined && derived !== recipient)
    throw new BackupError(
      'backup.key-mismatch',
      `The identity opens what is sealed for ${derived}, but backups are sealed for ${recipient} (BACKUP_RECIPIENT). Give the identity that was made with it.`,
      'refused'
    )
  const sealer = createSealer(recipient)
  // Tells a recipient with a slip of the pen now, and not at two in the morning.
  await sealer.seal(Buffer.alloc(0)).catch(invalid('BACKUP_RECIPIENT'))
  // Who reads a repository does not know the recipient: headers of age do not name it.
  const key = Buffer.from(hkdfSync('sha256', recipient, '', 'lyceum backup digest', 32))
  return {
    recipient,
    sealer,
    opener: identity === undefined ? undefined : createOpener(identity),
    digest: (bytes) => createHmac('sha256', key).update(bytes).digest('hex')
  }
}

function identityIn(text: string): string {
  const [identity] = /AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+/.exec(text) ?? []
  if (identity === undefined) return invalid('BACKUP_IDENTITY')(new Error('no line begins with AGE-SECRET-KEY-1'))
  return identity
}

const invalid =
  (name: string) =>
  (error: unknown): never => {
    throw new BackupError(
      'backup.key-invalid',
      `${name} is not a key of age (${error instanceof Error ? error.message : String(error)}). Copy the whole line.`,
      'refused'
    )
  }
