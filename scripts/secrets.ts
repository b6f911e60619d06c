// The secrets of the gateway on this machine: created in .dev.vars on the first start, read and checked on every start.

import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { DEFAULT_SETTINGS } from '../simulator/settings.ts';
import { readSettings } from '../src/env.ts';
import { Mistake } from './terminal.ts';

type Vars = Record<string, string>;

/** The cron on this machine has no limits of a plan. */
const UNLIMITED = { PLAN: 'paid' };

/** `vars` are the variables of the gateway. */
export type Secrets = { adminToken: string; vars: Vars };

/**
 * The secrets in the file, which is created if absent. Invalid secrets are reported, never replaced. The address and token of
 * the simulator replace those in the file, so that a real token stays on this machine.
 */
export function readSecrets(file: string, simulator: string): Secrets {
  const vars = {
    ...readFile(file),
    RUNCOMFY_BASE_URL: simulator,
    RUNCOMFY_ACCOUNT_URL: simulator,
    RUNCOMFY_TOKEN: DEFAULT_SETTINGS.token,
    ...UNLIMITED,
  };
  return { adminToken: adminTokenOf(file, vars), vars };
}

/** The secrets for the real RunComfy. `plain` are the variables of wrangler.toml, which the file may replace. */
export function readRealSecrets(file: string, plain: Vars): Secrets {
  const token = findRealToken(file);
  if (token === null) {
    throw new Mistake(
      `RunComfy's token is missing. Put RUNCOMFY_TOKEN=… into ${file} or the environment, and start again.`,
    );
  }
  const vars = { ...plain, ...UNLIMITED, ...readFile(file), RUNCOMFY_TOKEN: token };
  return { adminToken: adminTokenOf(file, vars), vars };
}

/** A token of the real RunComfy, in the environment or the file. */
export function findRealToken(file: string): string | null {
  const token = process.env['RUNCOMFY_TOKEN'] || readFile(file)['RUNCOMFY_TOKEN'];
  return token === undefined || token === '' || token === DEFAULT_SETTINGS.token ? null : token;
}

function readFile(file: string): Vars {
  if (!existsSync(file)) {
    const admin = randomBytes(32).toString('base64url');
    writeFileSync(file, `ADMIN_TOKENS=ops:${admin}\n`, { mode: 0o600 });
  }
  const lines = Object.entries(parseEnv(readFileSync(file, 'utf8')));
  const vars: Vars = Object.fromEntries(lines.map(([name, value]) => [name, value ?? '']));
  vars['VAULT_KEY'] ??= addVaultKey(file);
  return vars;
}

function adminTokenOf(file: string, vars: Vars): string {
  const { mistakes, settings } = readSettings(vars);
  const [admin] = settings.adminTokens;
  if (mistakes.length > 0 || admin === undefined) {
    throw new Mistake(
      `${file} has invalid values: ${mistakes.map((mistake) => mistake.replace(/: (.*)/, ' ($1)')).join(', ')}.\n` +
        'Correct them, and keep a copy of VAULT_KEY: without it, nobody can open the sealed tokens of RunComfy accounts.',
    );
  }
  return admin.token;
}

/** Adds the key to a new file, and to a file from a version without a vault. */
function addVaultKey(file: string): string {
  const key = randomBytes(32).toString('base64');
  appendFileSync(file, `\nVAULT_KEY=${key}\n`);
  return key;
}
