// What the pages list is what there is: each code of the catalogue of refusals, each program that the tests rebuild.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { PROBLEMS } from '../../src/http/problems.ts';
import { OFFICIAL } from '../support/programs/official.ts';
import { PUBLIC } from '../support/programs/public.ts';
import { ROOT } from './support.ts';

test('docs/errors.md lists every code with its status and error_code, and no other', ({ expect }) => {
  const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \| (.+) \| (.+) \|$/gm)];
  const listed = rows.map(([, code, status, errorCode]) => [code, Number(status), Number(errorCode)]);
  const known = Object.entries(PROBLEMS).map(([code, entry]) => [code, entry.status, entry.errorCode]);
  expect(new Set(listed.map(String))).toEqual(new Set(known.map(String)));
  expect(listed).toHaveLength(known.length);
});

test('docs/clients.md tells of every program that was tried', ({ expect }) => {
  const page = readFileSync(join(ROOT, 'docs/clients.md'), 'utf8');
  const rows = page.split('\n').map((line) => line.split(' | ')[0]);
  for (const { name } of [...OFFICIAL, ...PUBLIC]) {
    expect(rows).toContain(`| ${name}`);
  }
});
