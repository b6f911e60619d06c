// Fails when web/src/locales/en.po does not hold the texts of the pages as they stand: the catalogue is collected anew
// beside it, and compared.

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
      throw new Mistake(`${CATALOGUE} is not current: npm run messages`);
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
  say(`${CATALOGUE} holds the texts of the pages.`);
}

/** Without the instant of its making. */
function textsIn(path: string): string {
  return readFileSync(path, 'utf8').replace(/^"POT-Creation-Date: .*$/m, '');
}

check().catch(giveUp);
