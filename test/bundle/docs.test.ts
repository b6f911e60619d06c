// Compares pages and config with the code: the codes of refusals, the programs that the tests rebuild, the cron triggers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { findPlace } from '../../scripts/deploy/place.ts';
import { PROBLEMS } from '../../src/http/problems.ts';
import { SCHEDULES } from '../../src/schedules.ts';
import { OFFICIAL } from '../support/programs/official.ts';
import { PUBLIC } from '../support/programs/public.ts';
import { ROOT } from './support.ts';

test('docs/errors.md lists exactly the codes, with status and error_code', ({ expect }) => {
  const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \| (.+) \| (.+) \|$/gm)];
  const listed = rows.map(([, code, status, errorCode]) => [code, Number(status), Number(errorCode)]);
  const known = Object.entries(PROBLEMS).map(([code, entry]) => [code, entry.status, entry.errorCode]);
  expect(new Set(listed.map(String))).toEqual(new Set(known.map(String)));
  expect(listed).toHaveLength(known.length);
});

test('docs/clients.md lists every program that the tests rebuild', ({ expect }) => {
  const page = readFileSync(join(ROOT, 'docs/clients.md'), 'utf8');
  const rows = page.split('\n').map((line) => line.split(' | ')[0]);
  for (const { name } of [...OFFICIAL, ...PUBLIC]) {
    expect(rows).toContain(`| ${name}`);
  }
});

test('wrangler.toml has the schedules that the cron knows', ({ expect }) => {
  expect(findPlace({}).raw.triggers.crons).toEqual(Object.values(SCHEDULES));
});
