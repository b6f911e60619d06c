// The secrets of the gateway on this machine: made on the first start into .dev.vars, read and checked on every one.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Mistake } from './terminal.ts';

export type Secrets = { adminToken: string; vars: Record<string, string> };

/** The secrets of the file, made if there is none. A missing or short one is named, never replaced. */
export function readSecrets(file: string): Secrets {
  if (!existsSync(file)) {
    const admin = randomBytes(32).toString('base64url');
    const runcomfy = `rc_${randomBytes(24).toString('base64url')}`;
    writeFileSync(file, `ADMIN_TOKENS=ops:${admin}\nRUNCOMFY_TOKEN=${runcomfy}\n`, { mode: 0o600 });
  }
  const vars = Object.fromEntries(
    Object.entries(parseEnv(readFileSync(file, 'utf8'))).map(([name, value]) => [name, value ?? '']),
  );
  const [, adminToken = ''] = (vars['ADMIN_TOKENS'] ?? '').split(',')[0]?.split(':') ?? [];
  check(file, adminToken, { name: 'ADMIN_TOKENS', atLeast: 32, shape: 'name:token' });
  check(file, vars['RUNCOMFY_TOKEN'] ?? '', { name: 'RUNCOMFY_TOKEN', atLeast: 16, shape: 'the token' });
  return { adminToken, vars };
}

function check(file: string, value: string, rule: { name: string; atLeast: number; shape: string }): void {
  if (value.trim().length < rule.atLeast) {
    throw new Mistake(
      `${rule.name} in ${file} is missing or too short: it must be ${rule.shape}, at least ${rule.atLeast} characters.\n` +
        'Correct that line, or delete the file and new secrets are made.',
    );
  }
}
