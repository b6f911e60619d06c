// `npm start` on a machine whose Node is too old. Node without type stripping stands for an old one.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { ROOT } from './support.ts';

function start(...options: string[]) {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const [, ...args] = String(scripts.start).split(' ');
  // Refused for its port before anything is written.
  return spawnSync(process.execPath, [...options, ...args, '--port', 'none'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
}

test('an old Node gets one sentence that says what to install, and exit code 1', ({ expect }) => {
  const { status, stdout, stderr } = start('--no-experimental-strip-types');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(
    `Node ${process.version} is too old for comfygate. Install Node 24 (from https://nodejs.org, or with ` +
      '`nvm install` in this folder) and run the command again.\n',
  );
});

test('a Node that runs TypeScript gets no message', ({ expect }) => {
  const { stderr } = start();
  expect(stderr).toMatch(/^--port must be a number/);
});
