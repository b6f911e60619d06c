// A deployment uploads the pages of production and nothing of the example page. The route of the example has the 20 lines
// that the docs promise.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { buildPages } from '../../scripts/pages.ts';
import { ROOT } from './support.ts';

test('a deployment does not include the example', async ({ expect }) => {
  await buildPages();
  const names = readdirSync(join(ROOT, 'dist'), { recursive: true, encoding: 'utf8' });
  expect(names.filter((name) => name.includes('example'))).toEqual([]);
  expect(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')).not.toContain('example');
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const texts = sources
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'));
  expect(texts.filter((text) => text.includes('/example/'))).toEqual([]);
});

test('the pages that a test builds are those of production, because the next deployment uploads them', async ({
  expect,
}) => {
  await buildPages();
  const assets = join(ROOT, 'dist/assets');
  const scripts = readdirSync(assets).map((name) => readFileSync(join(assets, name), 'utf8'));
  // React has this sentence in production alone.
  expect(scripts.some((text) => text.includes('Minified React error'))).toBe(true);
});

test('the route that mints the token has 20 lines', ({ expect }) => {
  const text = readFileSync(join(ROOT, 'examples/web/server/token.ts'), 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('//'));
  expect(lines.length).toBeLessThanOrEqual(20);
});
