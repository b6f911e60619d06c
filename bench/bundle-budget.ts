// Builds the Worker as it is deployed and fails when it has outgrown its budget.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildWorker } from '../scripts/build.ts';
import { giveUp, say } from '../scripts/terminal.ts';
import budgets from './budgets.json' with { type: 'json' };

const CONFIG = resolve(import.meta.dirname, '../wrangler.toml');

async function check(): Promise<void> {
  const out = mkdtempSync(join(tmpdir(), 'comfygate-bundle-'));
  try {
    const kib = gzipSync(await buildWorker(CONFIG, out)).byteLength / 1024;
    say(`The Worker is ${kib.toFixed(1)} KiB gzipped; the budget is ${budgets.bundleKiB} KiB.`);
    process.exitCode = kib > budgets.bundleKiB ? 1 : 0;
  } finally {
    rmSync(out, { recursive: true });
  }
}

check().catch(giveUp);
