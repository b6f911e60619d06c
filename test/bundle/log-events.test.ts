// docs/operations.md lists each event that the source logs, with its level.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { ROOT } from './support.ts';

const sources = globSync('src/**/*.ts', { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), 'utf8'));
const calls = sources.flatMap((text) => [...text.matchAll(/\blog\.(info|warn|error)\(\s*([^,)]*)/g)]);

test('docs/operations.md lists every event with its level and what to do, and no other', ({ expect }) => {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `(\w+)` \| (info|warn|error) \| .+ \| .+ \|$/gm)].map(
    ([, event, level]) => `${level} ${event}`,
  );
  const logged = calls.map(([, level, event = '']) => `${level} ${event.slice(1, -1)}`);
  expect(calls.length).toBeGreaterThan(25);
  expect(listed.toSorted()).toEqual([...new Set(logged)].toSorted());
});

test('every event is a literal, so that it can be found', ({ expect }) => {
  expect(calls.map(([, , event = '']) => event).filter((event) => !/^'[a-z_]+'$/.test(event))).toEqual([]);
});
