// Runs wrangler as a separate process without prompts.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { OFFLINE } from '../build.ts';
import { ROOT } from './place.ts';

const WRANGLER = join(ROOT, 'node_modules/wrangler/wrangler-dist/cli.js');
/** An upload takes seconds. A hanging one must not keep the lease. */
const TIMEOUT_MS = 180_000;

export function runWrangler(args: string[], env: Record<string, string> = {}): Promise<{ stdout: string }> {
  return promisify(execFile)(process.execPath, ['--no-warnings', WRANGLER, ...args], {
    cwd: ROOT,
    timeout: TIMEOUT_MS,
    env: { ...process.env, ...OFFLINE, CI: '1', NO_COLOR: '1', ...env },
  });
}

/** The error output of wrangler, without its decoration. */
export function complaintOf(error: unknown): string {
  const { stderr, stdout, killed } = Object(error);
  if (killed === true) {
    return `No answer came within ${TIMEOUT_MS / 1000} s.`;
  }
  const said = [stderr, stdout].find((text) => typeof text === 'string' && text.trim() !== '');
  return stripVTControlCharacters(String(said ?? error))
    .split('\n')
    .map((line) => line.replace('✘ [ERROR] ', '').trimEnd())
    .filter((line) => line !== '' && !/^(🪵|If you think this is a bug)/u.test(line.trim()))
    .join('\n');
}
