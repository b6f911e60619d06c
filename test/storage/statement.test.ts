import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { statement } from '../../src/storage/statement.ts';

test('values are bound by their names, however often and in whatever order these occur', async ({
  expect,
}) => {
  const read = statement<{ cost: number; charge: number; note: string | null }>(
    'SELECT :charge AS charge, :cost AS cost, :charge - :cost AS margin, :note AS note',
  );
  const row = { charge: 7, cost: 3, margin: 4, note: null };
  expect(await read(env.DB, { note: null, cost: 3, charge: 7 }).first()).toEqual(row);
  expect(await read(env.DB, { charge: 9, note: 'x', cost: 1 }).first()).toEqual({
    charge: 9,
    cost: 1,
    margin: 8,
    note: 'x',
  });
});

test('a colon in a literal or a quoted identifier names nothing', async ({ expect }) => {
  const read = statement<{ id: string }>(`SELECT '12:id' AS text, 'it''s :id' AS quote, :id AS "a:id"`);
  expect(await read(env.DB, { id: 'x' }).first()).toEqual({ text: '12:id', quote: "it's :id", 'a:id': 'x' });
});

test('a value that the SQL does not name is ignored; a name without a value is an error', ({ expect }) => {
  const values: { [name: string]: number } = { one: 1, two: 2 };
  expect(() => statement<typeof values>('SELECT :one')(env.DB, values)).not.toThrow();
  expect(() => statement<typeof values>('SELECT :three')(env.DB, values)).toThrow(':three');
});
