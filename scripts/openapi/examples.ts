// The examples of the document: the calls of test/contract/tour.test.ts, as it recorded them.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Mistake } from '../terminal.ts';

export type Example = {
  request: {
    params?: Record<string, unknown>;
    query?: Record<string, unknown>;
    headers?: Record<string, unknown>;
    body?: unknown;
  };
  response: { status: number; body?: unknown };
};

/** By operation. */
export type Examples = Record<string, Example | undefined>;

const ROOT = resolve(import.meta.dirname, '../..');
const TOUR = 'test/contract/tour.test.ts';
const FILE = join(ROOT, 'test/contract/examples.json');

export function readExamples(): Examples {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
}

/** Plays the tour and records its calls. The tour compares each answer with openapi.json. */
export function recordExamples(): void {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--project', 'workerd', TOUR, '--update'];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) {
    throw new Mistake(`The tour failed, so there are no new examples: ${TOUR}.`);
  }
}

/** Fails for operations without an example. */
export function requireExamples(examples: Examples, operations: string[]): void {
  const missing = operations.filter((id) => examples[id] === undefined);
  if (missing.length > 0) {
    throw new Mistake(
      `Without an example: ${missing.join(', ')}. Call each in ${TOUR}, then npm run openapi -- --record.`,
    );
  }
}
