// Figures that a test has measured inside workerd, brought out by way of vitest's JSON report.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Mistake } from '../scripts/terminal.ts';

const ROOT = resolve(import.meta.dirname, '..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

type Report = {
  testResults: { message: string; assertionResults: { meta: object; failureMessages: string[] }[] }[];
};

/**
 * What the first test that measures anything has put into its `task.meta.measured`, be it content with it or not.
 * `args`: the test's file, and a pattern of its name. Throws a Mistake with the reasons when nothing was measured.
 */
export function measuredByTest(...args: string[]): object {
  const folder = mkdtempSync(join(tmpdir(), 'comfygate-bench-'));
  try {
    const file = join(folder, 'report.json');
    const report = ['--reporter=json', `--outputFile=${file}`];
    const run = spawnSync(process.execPath, [VITEST, 'run', '--project', 'workerd', ...args, ...report], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (run.status !== 0 && run.status !== 1) {
      throw new Mistake(`vitest did not run:\n${run.stderr}`);
    }
    const { testResults }: Report = JSON.parse(readFileSync(file, 'utf8'));
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    for (const { meta } of results) {
      if ('measured' in meta && typeof meta.measured === 'object' && meta.measured !== null) {
        return meta.measured;
      }
    }
    const reasons = [
      ...testResults.map(({ message }) => message),
      ...results.flatMap(({ failureMessages }) => failureMessages),
    ];
    throw new Mistake(['Nothing was measured.', ...reasons].join('\n'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
