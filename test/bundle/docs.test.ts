// docs/errors.md lists each code as the catalogue of refusals has it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { PROBLEMS } from '../../src/http/problems.ts';
import { ROOT } from './support.ts';

test('docs/errors.md lists every code with its status and error_code, and no other', ({ expect }) => {
  const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \| (.+) \| (.+) \|$/gm)];
  const listed = rows.map(([, code, status, errorCode]) => [code, Number(status), Number(errorCode)]);
  const known = Object.entries(PROBLEMS).map(([code, entry]) => [code, entry.status, entry.errorCode]);
  expect(new Set(listed.map(String))).toEqual(new Set(known.map(String)));
  expect(listed).toHaveLength(known.length);
});
