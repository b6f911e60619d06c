// Parses the Worker's Env into Settings, once per isolate, and reports all mistakes together. A secret has no default:
// the part that needs it stays closed. Written without zod, which would take a fifth of a cold start.

import type { AccountsSettings } from './features/accounts/settings.ts';
import type { LifecycleSettings, Plan } from './features/lifecycle/settings.ts';
import { parseUsd, type Micros } from './lib/money.ts';
import { vaultKeyMistake } from './lib/seal.ts';

type AdminToken = { name: string; token: string };

export type Settings = AccountsSettings &
  LifecycleSettings & {
    /** Origin of the RunComfy Model API. The operator's token is sent only here and to the account API. */
    runcomfyOrigin: string;
    /** Origin of RunComfy's account API, which returns the balance. */
    runcomfyAccountOrigin: string;
    /** Empty: /admin is closed. */
    adminTokens: AdminToken[];
    /** Tokens that can read everything and change nothing. */
    readTokens: AdminToken[];
    /** Origin of the URLs in responses; null: the origin of the request. */
    publicUrl: string | null;
    maxBodyBytes: number;
    /** Accepts secret keys from web pages, where anyone can read them. */
    keysInPages: boolean;
  };

export type SettingsReading = { settings: Settings; mistakes: string[]; usable: boolean };

/** The variables, and the mistakes found so far. */
type Source = { env: Record<string, unknown>; mistakes: string[] };

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
/** The memory of an isolate sets this bound: a body takes three times its size while it is read. */
const MOST_BODY_BYTES = 16 * 1024 * 1024;
const MIN_ADMIN_TOKEN_LENGTH = 32;
const MIN_RUNCOMFY_TOKEN_LENGTH = 16;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Placeholders for wrong settings. Nothing is served with them. */
const UNCONFIGURED = 'https://unconfigured.invalid';
const UNUSABLE = { RUNCOMFY_BASE_URL: UNCONFIGURED, RUNCOMFY_ACCOUNT_URL: UNCONFIGURED };

/** Reads all settings. `usable` is false if the plain variables are wrong: every response is then 503. */
export function readSettings(env: Record<string, unknown>): SettingsReading {
  const mistakes: string[] = [];
  const plain = readPlain({ env, mistakes });
  const usable = mistakes.length === 0;
  const adminTokens = readAdminTokens({ env, mistakes });
  const readTokens = readTokensOf({ env, mistakes }, 'READ_TOKENS');
  const runcomfyToken = readRuncomfyToken({ env, mistakes });
  const vaultKeys = readVaultKeys({ env, mistakes });
  const served = usable ? plain : readPlain({ env: UNUSABLE, mistakes: [] });
  return {
    settings: { ...served, adminTokens, readTokens, runcomfyToken, vaultKeys },
    mistakes,
    usable,
  };
}

type Secrets = 'adminTokens' | 'readTokens' | 'runcomfyToken' | 'vaultKeys';

function readPlain(source: Source): Omit<Settings, Secrets> {
  return {
    runcomfyOrigin: readOrigin(source, 'RUNCOMFY_BASE_URL'),
    publicUrl: source.env['PUBLIC_URL'] === undefined ? null : readOrigin(source, 'PUBLIC_URL'),
    maxBodyBytes: Math.min(readPositive(source, 'MAX_BODY_BYTES', MOST_BODY_BYTES), MOST_BODY_BYTES),
    keysInPages: readKeysInPages(source),
    plan: readPlan(source),
    unconfirmedLostMs: readPositive(source, 'UNCONFIRMED_HOURS', 24) * HOUR_MS,
    unknownOutcomes: readPositive(source, 'UNKNOWN_OUTCOMES', 5),
    pollMaxAgeMs: readPollMaxAge(source),
    runcomfyAccountOrigin: readOrigin(source, 'RUNCOMFY_ACCOUNT_URL'),
    balanceWarningMicros: readBalanceWarning(source),
  };
}

/** https, or http on the loopback for the simulator: a token is never sent unencrypted. */
function readOrigin({ env, mistakes }: Source, name: string): string {
  const text = env[name];
  if (typeof text !== 'string') {
    mistakes.push(`${name}: ${text === undefined ? 'is required' : 'must be of type string'}`);
    return UNCONFIGURED;
  }
  const url = URL.parse(text.trim());
  if (url === null) {
    mistakes.push(`${name}: must be a URL`);
    return UNCONFIGURED;
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.includes(url.hostname))) {
    mistakes.push(`${name}: must be https (http only on the loopback)`);
  }
  return url.origin;
}

function readNumber(value: unknown, otherwise: number): number {
  return value === undefined ? otherwise : Number(value);
}

function readPositive({ env, mistakes }: Source, name: string, otherwise: number): number {
  const number = readNumber(env[name], otherwise);
  if (!Number.isSafeInteger(number) || number <= 0) {
    mistakes.push(`${name}: must be a positive whole number`);
  }
  return number;
}

function readPlan({ env, mistakes }: Source): Plan {
  const plan = env['PLAN'] ?? 'free';
  if (plan === 'free' || plan === 'paid') {
    return plan;
  }
  mistakes.push('PLAN: must be free or paid');
  return 'free';
}

function readKeysInPages({ env, mistakes }: Source): boolean {
  const word = env['KEYS_IN_PAGES'] ?? 'refuse';
  if (word !== 'refuse' && word !== 'allow') {
    mistakes.push('KEYS_IN_PAGES: must be refuse or allow');
  }
  return word === 'allow';
}

function readPollMaxAge({ env, mistakes }: Source): number {
  const number = readNumber(env['POLL_MAX_AGE_MS'], SECOND_MS);
  if (!Number.isSafeInteger(number) || number < 0 || number > SECOND_MS) {
    mistakes.push('POLL_MAX_AGE_MS: must be a whole number from 0 to 1000');
  }
  return number;
}

function readBalanceWarning({ env, mistakes }: Source): Micros | 0 {
  const dollars = readNumber(env['BALANCE_WARNING_USD'], 10);
  const micros = parseUsd(dollars);
  if (micros === null) {
    const range = Number.isFinite(dollars) ? ', 0 or more, with at most six decimals' : '';
    mistakes.push(`BALANCE_WARNING_USD: must be a number of dollars${range}`);
  }
  return micros ?? 0;
}

function readAdminTokens({ env, mistakes }: Source): AdminToken[] {
  const text = env['ADMIN_TOKENS'];
  if (typeof text !== 'string' || text === '') {
    mistakes.push(`ADMIN_TOKENS: ${text === '' ? 'is empty' : 'is not set'}`);
    return [];
  }
  return readTokensOf({ env, mistakes }, 'ADMIN_TOKENS');
}

/** `name:token,name:token`. One mistake makes the whole list empty. */
function readTokensOf({ env, mistakes }: Source, variable: string): AdminToken[] {
  const text = env[variable];
  if (typeof text !== 'string' || text === '') {
    return [];
  }
  const tokens: AdminToken[] = [];
  for (const pair of text.split(',')) {
    const [, name, token] = /^\s*([^:\s]+):([^\s]+)\s*$/.exec(pair) ?? [];
    if (name === undefined || token === undefined || !/^[\w-]+$/.test(token)) {
      mistakes.push(`${variable}: must be name:token,name:token with base64url tokens`);
      return [];
    }
    if (token.length < MIN_ADMIN_TOKEN_LENGTH) {
      mistakes.push(`${variable}: the token of ${name} is shorter than ${MIN_ADMIN_TOKEN_LENGTH} characters`);
      return [];
    }
    tokens.push({ name, token });
  }
  return tokens;
}

/** Without it the gateway starts, and refuses submits until another account is added. */
function readRuncomfyToken({ env, mistakes }: Source): string | null {
  const token = env['RUNCOMFY_TOKEN'];
  if (typeof token !== 'string' || token === '') {
    return null;
  }
  const isPrintable = /^[\x21-\x7e]+$/.test(token);
  if (!isPrintable) {
    mistakes.push('RUNCOMFY_TOKEN: must be printable ASCII without spaces');
  }
  if (token.length < MIN_RUNCOMFY_TOKEN_LENGTH) {
    mistakes.push(`RUNCOMFY_TOKEN: is shorter than ${MIN_RUNCOMFY_TOKEN_LENGTH} characters`);
    return null;
  }
  return isPrintable ? token : null;
}

/** Optional: without VAULT_KEY the vault is closed. A mistake closes it too. */
function readVaultKeys(source: Source): string[] {
  const { env, mistakes } = source;
  const present = readVaultKeyOf(source, 'VAULT_KEY');
  const previous = readVaultKeyOf(source, 'VAULT_KEY_PREVIOUS');
  if (env['VAULT_KEY'] === undefined && env['VAULT_KEY_PREVIOUS'] !== undefined) {
    mistakes.push('VAULT_KEY: is not set, and VAULT_KEY_PREVIOUS only opens');
  }
  return [present, present === null ? null : previous].filter((text) => text !== null);
}

function readVaultKeyOf({ env, mistakes }: Source, name: string): string | null {
  const text = env[name];
  if (text === undefined) {
    return null;
  }
  const key = typeof text === 'string' ? text.trim() : '';
  const mistake = vaultKeyMistake(key);
  if (mistake !== null) {
    mistakes.push(`${name}: ${mistake}`);
  }
  return mistake === null ? key : null;
}
