// The secrets of the gateway on this machine: made on the first start into .dev.vars, read and checked on every one.

import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { DEFAULT_SETTINGS } from '../simulator/settings.ts';
import { readSettings } from '../src/env.ts';
import { Mistake } from './terminal.ts';

/** `vars` is what the gateway is given. */
export type Secrets = { adminToken: string; vars: Record<string, string> };

/**
 * The secrets of the file, made if there is none. What the Worker would not take is named, never replaced. RunComfy is
 * the simulator here: its address and token stand in for the file's, so that a real token stays on this machine.
 */
export function readSecrets(file: string, simulator: string): Secrets {
  if (!existsSync(file)) {
    const admin = randomBytes(32).toString('base64url');
    const secrets = `ADMIN_TOKENS=ops:${admin}\nRUNCOMFY_TOKEN=${DEFAULT_SETTINGS.token}\n`;
    writeFileSync(file, secrets, { mode: 0o600 });
  }
  const vars = Object.fromEntries(
    Object.entries(parseEnv(readFileSync(file, 'utf8'))).map(([name, value]) => [name, value ?? '']),
  );
  vars['RUNCOMFY_BASE_URL'] = simulator;
  vars['RUNCOMFY_ACCOUNT_URL'] = simulator;
  // No plan limits the cron of this machine.
  vars['PLAN'] = 'paid';
  const { mistakes, settings } = readSettings(vars);
  const [admin] = settings.adminTokens;
  if (mistakes.length > 0 || admin === undefined) {
    throw new Mistake(
      `${file} cannot be used: ${mistakes.map((mistake) => mistake.replace(/: (.*)/, ' ($1)')).join(', ')}.\n` +
        'Correct that line, or delete the file and new secrets are made.',
    );
  }
  vars['RUNCOMFY_TOKEN'] = DEFAULT_SETTINGS.token;
  vars['VAULT_KEY'] ??= addVaultKey(file);
  return { adminToken: admin.token, vars };
}

/** For a file that was made before there was a vault, and for a new one. */
function addVaultKey(file: string): string {
  const key = randomBytes(32).toString('base64');
  appendFileSync(file, `\nVAULT_KEY=${key}\n`);
  return key;
}
