// Builds the pages as they are served and fails when the first visit loads more than its budget. Chunks that load later
// are printed, and not counted.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildPages } from '../scripts/pages.ts';
import { giveUp, say } from '../scripts/terminal.ts';
import budgets from './budgets.json' with { type: 'json' };

const DIST = resolve(import.meta.dirname, '../dist');

const bytesOf = (path: string) => gzipSync(readFileSync(join(DIST, path))).byteLength;

async function check(): Promise<void> {
  await buildPages();
  const html = readFileSync(join(DIST, 'console/index.html'), 'utf8');
  const loaded = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map(([, path = '']) => path);
  const later = readdirSync(join(DIST, 'assets'))
    .map((name) => `assets/${name}`)
    .filter((path) => !loaded.includes(path));
  const first = ['console/index.html', ...loaded].reduce((sum, path) => sum + bytesOf(path), 0) / 1000;
  say(`The console loads ${first.toFixed(1)} KB gzipped at first; the budget is ${budgets.consoleKB} KB.`);
  for (const path of later) {
    say(`Later: ${path.replace(/-[\w-]{8}\./, '.')}, ${(bytesOf(path) / 1000).toFixed(1)} KB.`);
  }
  process.exitCode = first > budgets.consoleKB ? 1 : 0;
}

check().catch(giveUp);
