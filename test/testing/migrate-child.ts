import { migrateUp } from '@lyceum/platform/migrate'
import { readMigrations } from '@lyceum/platform/migration'

/** `migrate-child.ts <url> <folder>`: runs the migrations of one folder, and says which. */
const [ownerUrl = '', folder = ''] = process.argv.slice(2)
const ran = await migrateUp(
  { ownerUrl, migrations: readMigrations([{ module: 'rows', folder }]), log: () => undefined },
  ['expand', 'backfill']
)
process.stdout.write(JSON.stringify(ran.map(({ name }) => name)))
