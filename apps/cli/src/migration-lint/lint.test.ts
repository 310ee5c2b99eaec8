import type { Migration } from '@lyceum/platform/migration'
import { allMigrations } from '@lyceum/server/migrations'
import { expect, it } from 'vitest'
import { lintMigration, lintMigrations } from './lint.ts'

const migration = (up: string, more: Partial<Migration> = {}): Migration => ({
  module: 'course',
  name: '0002-test',
  phase: 'expand',
  inTransaction: true,
  repeats: false,
  file: '0002-test.sql',
  upLine: 4,
  hash: '',
  up,
  down: 'select 1;',
  ...more
})
const rules = (up: string, more?: Partial<Migration>) => lintMigration(migration(up, more)).map(({ rule }) => rule)

it.each([
  ['drop table course.item;', 'expand-drops'],
  ['alter table course.item drop column title;', 'expand-drops'],
  ['alter table course.item drop title;', 'expand-drops'],
  ['alter table only course.item\n  rename column title to name;', 'expand-renames'],
  ['alter table course.item alter column minutes type bigint;', 'expand-changes-type'],
  ['alter table course.item alter minutes set data type bigint;', 'expand-changes-type'],
  ['alter table course.item add column size integer not null;', 'expand-requires'],
  ['alter table course.item alter column url set not null;', 'expand-requires'],
  ['create index item_by_url on course.item (url);', 'index-locks-table'],
  ['create unique index on course.item (url);', 'index-locks-table'],
  ['create table course.note (tenant_id uuid, id uuid);', 'tenant-table-unguarded']
])('%s is %s', (up, rule) => {
  expect(rules(up)).toEqual([rule])
})

it.each([
  'alter table course.item add column size integer not null default 0;',
  'alter table course.item alter column url drop not null;',
  'alter table course.item add column size integer; -- drop column title',
  "comment on table course.item is 'alter table course.item drop column title;';",
  'create table course.note (id uuid); create index note_by_id on course.note (id); alter table course.note rename to memo;',
  "create table course.note (tenant_id uuid); call platform.guard('course.note', 'lyceum_course');"
])('%s is well', (up) => {
  expect(rules(up)).toEqual([])
})

it('lets a contract drop and rename', () => {
  expect(rules('alter table course.item drop column title;', { phase: 'contract' })).toEqual([])
})

it('wants an index concurrently, alone, and safe to run again', () => {
  const clear = 'drop index concurrently if exists course.item_by_url;'
  const build = 'create index concurrently item_by_url on course.item (url);'
  expect(rules(`${clear} ${build}`, { inTransaction: false })).toEqual([])
  expect(rules(build, { inTransaction: false })).toEqual(['index-not-repeatable'])
  expect(rules(`${clear} ${build}`)).toEqual(['index-in-transaction'])
  expect(rules(`${clear} ${build} select 1;`, { inTransaction: false })).toEqual(['index-not-alone'])
})

it('wants a backfill in batches', () => {
  const whole = 'update course.item set size = 0 where size is null;'
  const some = 'update course.item set size = 0 where id in (select id from course.item where size is null limit 500);'
  expect(rules(whole, { phase: 'backfill' })).toEqual(['backfill-at-once'])
  expect(rules(whole, { phase: 'backfill', repeats: true })).toEqual(['backfill-at-once'])
  expect(rules(some, { phase: 'backfill' })).toEqual(['backfill-at-once'])
  expect(rules(some, { phase: 'backfill', repeats: true })).toEqual([])
})

it('names file and line', () => {
  const [finding] = lintMigration(migration('\n-- first\nselect 1;\ndrop table course.item;'))
  expect(finding).toMatchObject({ file: '0002-test.sql', line: 7 })
})

it('finds nothing in what is there', () => {
  expect(lintMigrations(allMigrations())).toEqual([])
})
