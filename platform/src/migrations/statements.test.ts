import { expect, it } from 'vitest'
import { readStatements } from './statements.ts'

it('cuts at semicolons, but not at those in texts, names, bodies and comments', () => {
  const sql = `-- first; not this
select 'a;''b', "c;d"; /* e; */
create function f() returns void language plpgsql as $body$ begin perform 1; end $body$;

do $$ begin null; end $$`
  expect(readStatements(sql)).toEqual([
    { line: 2, text: `select 'a;''b', "c;d"` },
    { line: 3, text: 'create function f() returns void language plpgsql as $body$ begin perform 1; end $body$' },
    { line: 5, text: 'do $$ begin null; end $$' }
  ])
})
