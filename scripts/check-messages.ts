// Fails if web/src/locales/en.po is out of date: collects the texts of the pages into a copy and compares both.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { giveUp, Mistake, say } from './terminal.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '..');
const CATALOGUE = 'web/src/locales/en.po';

async function check(): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'comfygate-messages-'));
  try {
    cpSync(join(ROOT, 'web'), join(copy, 'web'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const lingui = join(ROOT, 'node_modules/.bin/lingui');
    await run(lingui, ['extract', '--config', 'web/lingui.config.ts', '--clean'], { cwd: copy });
    if (textsIn(join(copy, CATALOGUE)) !== textsIn(join(ROOT, CATALOGUE))) {
      throw new Mistake(`${CATALOGUE} is out of date. Run npm run messages.`);
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
  say(`${CATALOGUE} is up to date.`);
}

/** The file without its creation date. */
function textsIn(path: string): string {
  return readFileSync(path, 'utf8').replace(/^"POT-Creation-Date: .*$/m, '');
}

check().catch(giveUp);
