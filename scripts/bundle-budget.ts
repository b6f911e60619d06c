// Builds the Worker as it is deployed and fails when it has outgrown its budget.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { say } from './terminal.ts';

const BUDGET_KIB = 100;

const out = mkdtempSync(join(tmpdir(), 'comfygate-bundle-'));
try {
  execFileSync('wrangler', ['deploy', '--dry-run', '--outdir', out], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
  });
  const kib = gzipSync(readFileSync(join(out, 'index.js'))).byteLength / 1024;
  say(`The Worker is ${kib.toFixed(1)} KiB gzipped; the budget is ${BUDGET_KIB} KiB.`);
  process.exitCode = kib > BUDGET_KIB ? 1 : 0;
} finally {
  rmSync(out, { recursive: true });
}
