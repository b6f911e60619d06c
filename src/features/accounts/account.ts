// An upstream account: its terms, its state, and the reasons why it takes no jobs. Pure.

import type { AccountId } from '../../lib/ids.ts';
import type { Micros } from '../../lib/money.ts';
import { Problem } from '../../lib/problem.ts';
import type { Limits } from '../ledger/limits.ts';

/** The account whose token is in the environment, RUNCOMFY_TOKEN. */
export const ENV_ACCOUNT: AccountId = 'acct_env';

export const ACCOUNT_STATES = ['ok', 'no_balance', 'bad_token', 'unknown_outcomes'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

/** `draining` and `disabled` accounts take no submits; their open jobs are still read until they end. */
export const SETTABLE_STATUSES = ['active', 'draining', 'disabled'] as const;
export const ACCOUNT_STATUSES = [...SETTABLE_STATUSES, 'deleted'] as const;
type AccountStatus = (typeof ACCOUNT_STATUSES)[number];
export type SettableStatus = (typeof SETTABLE_STATUSES)[number];

export type UpstreamAccount = {
  id: AccountId;
  label: string;
  status: AccountStatus;
  /** The last characters of the token; '' for the account of the environment. */
  hint: string;
  /** RunComfy has taken the token at least once. */
  verified: boolean;
  /** The gate takes the account with the lowest number first. */
  priority: number;
  limits: Limits;
  /** The sealed token, and the id of the key that sealed it; null: the token is in the environment, or wiped. */
  sealed: string | null;
  vaultKeyId: string | null;
  state: AccountState;
  sinceMs: number;
  /** Since when RunComfy has left submits unanswered; null: it answers them. */
  silentSinceMs: number | null;
  /** RunComfy asked for a pause until then. */
  busyUntilMs: number;
  balanceMicros: Micros | null;
  balanceAtMs: number | null;
  lastError: string | null;
  lastErrorAtMs: number | null;
  createdAtMs: number;
};

/** The tokens that this Worker can read: `acct_env`'s, and those that one of these keys sealed. */
export type Vault = { hasEnvToken: boolean; keyIds: string[] };

const STOPS: Record<Exclude<AccountState, 'ok'>, string> = {
  no_balance: 'RunComfy says that its balance is spent: top it up.',
  bad_token: 'RunComfy refuses its token: replace it.',
  unknown_outcomes: 'RunComfy has answered no submit for a minute: look at its status.',
};

/** Why the account's token cannot be read, and what to do; null: it can be read. */
export function unreadable(
  { id, vaultKeyId }: UpstreamAccount,
  { hasEnvToken, keyIds }: Vault,
): string | null {
  if (id === ENV_ACCOUNT) {
    return hasEnvToken ? null : 'RUNCOMFY_TOKEN is not set.';
  }
  if (vaultKeyId === null) {
    return 'Its token was wiped.';
  }
  if (keyIds.length === 0) {
    return 'VAULT_KEY is not set: set the key that its token was sealed with.';
  }
  return keyIds.includes(vaultKeyId)
    ? null
    : `Its token was sealed with the key ${vaultKeyId}, which is not ${keyIds.join(' or ')}: ` +
        'set that key as VAULT_KEY_PREVIOUS, or give the account a new token.';
}

/** Why the account takes only one probe a minute, as words about the account; null: it takes every submit. */
export function stopOf({ state }: UpstreamAccount): string | null {
  return state === 'ok' ? null : `takes only one submit a minute, as a probe. ${STOPS[state]}`;
}

/** Why the account takes no jobs for now, and what to do; null: it takes them. `fullLimit`: a limit that is used up. */
export function obstacleOf(
  account: UpstreamAccount,
  { vault, fullLimit, nowMs }: { vault: Vault; fullLimit: string | null; nowMs: number },
): string | null {
  switch (account.status) {
    case 'deleted':
      return 'It is deleted.';
    case 'disabled':
      return 'It is disabled.';
    case 'draining':
      return 'It is draining: it takes no new jobs.';
    case 'active':
  }
  const { busyUntilMs } = account;
  const stop = stopOf(account);
  const busy =
    busyUntilMs > nowMs ? `RunComfy asked for a pause until ${new Date(busyUntilMs).toISOString()}.` : null;
  return unreadable(account, vault) ?? (stop === null ? (fullLimit ?? busy) : `It ${stop}`);
}

export function noSuchAccount(): Problem {
  return new Problem('not_found', 'There is no such account.');
}

export function vaultClosed(): Problem {
  return new Problem(
    'vault_closed',
    'VAULT_KEY is not set, so no token can be sealed or opened. ' +
      'Set it to 32 random bytes in base64: openssl rand -base64 32 | npx wrangler secret put VAULT_KEY',
  );
}

/** The part of a token that is shown. */
export function hintOf(token: string): string {
  return token.slice(-4);
}
