import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { createDiskStorage } from '@lyceum/platform/disk-storage'
import pg from 'pg'
import { seedSchool } from '../http-read/seed-school.ts'

export interface SchoolSize {
  readonly files: number
  readonly bytesOfFile: number
  /** Visits, each of which a learner's browser reported. */
  readonly events: number
}

export interface FilledSchool {
  readonly tenantId: string
  readonly learners: readonly { readonly id: string; readonly name: string }[]
  courseOf(learnerId: string): string
  /** Keys in storage, whose last part is the digest. */
  readonly files: readonly string[]
}

/** 2,000 learners in 200 courses, with films that cannot be made smaller and a year of visits. */
export async function fillSchool(ownerUrl: string, folder: string, size: SchoolSize): Promise<FilledSchool> {
  const school = await seedSchool(ownerUrl)
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query(`select set_config('app.tenant_id', $1, false)`, [school.tenantId])
    await client.query(
      `insert into course.visit (user_id, item_id, id, seconds, updated_at)
       select done.user_id, done.item_id, gen_random_uuid(), 1 + n % 600, now() - n * interval '30 seconds'
       from generate_series(1, $1::int) n
       join (select user_id, item_id, row_number() over () as place
             from course.progress where tenant_id = platform.tenant_id()) done
         on done.place = n % (select count(*) from course.progress where tenant_id = platform.tenant_id()) + 1`,
      [size.events]
    )
    const storage = createDiskStorage({ folder })
    const files: string[] = []
    for (let count = 1; count <= size.files; count++) {
      const { key, sha256 } = await storage.put(school.tenantId, Readable.from([randomBytes(size.bytesOfFile)]))
      await client.query(
        `insert into file.file (id, name, media_type, size, sha256, key, state, received_at, created_at)
         values (gen_random_uuid(), $1, 'video/mp4', $2, $3, $4, 'ready', now(), now())`,
        [`lecture-${count}.mp4`, size.bytesOfFile, sha256, key]
      )
      files.push(key)
    }
    await client.query('vacuum analyze')
    return { ...school, files }
  } finally {
    await client.end()
  }
}
