// Figures that a test has measured inside workerd, read from vitest's JSON report.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Mistake } from '../scripts/terminal.ts';

const ROOT = resolve(import.meta.dirname, '..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

type Report = {
  testResults: {
    message: string;
    assertionResults: { title: string; status: string; meta: object; failureMessages: string[] }[];
  }[];
};

/** The `task.meta.measured` of one test, passed or failed. */
export type Measured = { title: string; passed: boolean; figures: object };

/**
 * The figures of the first test that measures anything. `args`: the test's file, and a pattern of its name. Throws a
 * Mistake with the reasons if no test did.
 */
export function measuredByTest(...args: string[]): object {
  const [{ figures } = { figures: {} }] = allMeasuredByTest(args);
  return figures;
}

/** The same of each test that measures anything, in their order. `env`: further variables of vitest. */
export function allMeasuredByTest(args: string[], env: Record<string, string> = {}): Measured[] {
  const folder = mkdtempSync(join(tmpdir(), 'comfygate-bench-'));
  try {
    const file = join(folder, 'report.json');
    const report = ['--reporter=json', `--outputFile=${file}`];
    const run = spawnSync(process.execPath, [VITEST, 'run', '--project', 'workerd', ...args, ...report], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (run.status !== 0 && run.status !== 1) {
      throw new Mistake(`vitest did not run:\n${run.stderr}`);
    }
    const { testResults }: Report = JSON.parse(readFileSync(file, 'utf8'));
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    const measured = results.flatMap(({ title, status, meta }): Measured[] =>
      'measured' in meta && typeof meta.measured === 'object' && meta.measured !== null
        ? [{ title, passed: status === 'passed', figures: meta.measured }]
        : [],
    );
    if (measured.length > 0) {
      return measured;
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
