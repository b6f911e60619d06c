// Opens the token of an account: `acct_env`'s is in the environment, every other is sealed in its row. An opened token
// stays in memory for 60 s at most, and leaves this feature only inside an Account.

import type { AccountId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { readVaultKey, unseal, type Place, type VaultKey } from '../../lib/seal.ts';
import { STORE_LIMIT_MS, withTimeLimit } from '../../lib/time-limit.ts';
import type { Account } from '../runcomfy/client.ts';
import { ENV_ACCOUNT } from './account.ts';
import { findSealed, listWithToken } from './account-store.ts';
import type { AccountsRuntime } from './memory.ts';

/** The sealed token of a row; null for `acct_env`, and for a token that was wiped. */
export type SealedAccount = { id: AccountId; sealed: string | null };

/** The account, or a 503 that discloses nothing of the operator's accounts to the customer. */
export async function openAccount(deps: AccountsRuntime, id: AccountId | 'any'): Promise<Account> {
  const account = await (id === 'any' ? findAnyAccount(deps) : findAccount(deps, id));
  if (account === null) {
    throw new Problem('upstream_unavailable', 'RunComfy cannot be reached for now. Nothing was spent.', {
      retryAfterSeconds: 60,
    });
  }
  return account;
}

/** Null, and a line in the log: the account has no usable token. */
export async function findAccount(deps: AccountsRuntime, id: AccountId): Promise<Account | null> {
  if (id === ENV_ACCOUNT) {
    return openSealed(deps, { id, sealed: null });
  }
  const known = deps.memory.opened.get(id, deps.clock.now());
  if (known !== undefined) {
    return known.account;
  }
  if (deps.memory.unopenable.get(id, deps.clock.now()) !== undefined) {
    return null;
  }
  const sealed = await readSealed(deps, id);
  return sealed === undefined ? logUnusable(deps, id, 'unread') : openSealed(deps, { id, sealed });
}

/** True if any account has a usable token. D1 is read only if the environment has no token. */
export async function hasAnyAccount(deps: AccountsRuntime): Promise<boolean> {
  return hasEnvToken(deps) || (await findAnyAccount(deps)) !== null;
}

/** An account for calls that every account answers alike; null: none has a usable token. */
async function findAnyAccount(deps: AccountsRuntime): Promise<Account | null> {
  for (const row of await listWithToken(deps.db, hasEnvToken(deps))) {
    const account = await openSealed(deps, row);
    if (account !== null) {
      return account;
    }
  }
  return null;
}

/** As `findAccount`, for a row that was read already. */
export async function openSealed(
  deps: AccountsRuntime,
  { id, sealed }: SealedAccount,
): Promise<Account | null> {
  const { memory, clock } = deps;
  if (sealed === null) {
    return (id === ENV_ACCOUNT ? envAccount(deps) : null) ?? rememberUnopenable(deps, id, 'no_token');
  }
  const known = memory.opened.get(id, clock.now());
  if (known?.sealed === sealed) {
    return known.account;
  }
  const opened = await unseal(await vaultKeys(deps), placeOf(id), sealed);
  if (!opened.ok) {
    return rememberUnopenable(deps, id, opened.reason);
  }
  const account = { token: opened.text };
  memory.opened.set(id, { sealed, account }, clock.now());
  memory.sealed.set(id, sealed, clock.now());
  return account;
}

/** Call after a change of the account: the next use reads its row again. */
export function forgetAccount({ memory }: AccountsRuntime, id: AccountId): void {
  memory.opened.delete(id);
  memory.sealed.delete(id);
  memory.refused.delete(id);
  memory.unopenable.delete(id);
  memory.logged.delete(id);
}

export function hasEnvToken({ settings }: AccountsRuntime): boolean {
  return settings.runcomfyToken !== null;
}

/** The keys that this isolate opens tokens with: the ids of its vault keys, and `acct_env` if its token is set. */
export async function openableBy(deps: AccountsRuntime): Promise<string[]> {
  const keys = await vaultKeys(deps);
  return [...keys.map(({ id }) => id), ...(hasEnvToken(deps) ? [ENV_ACCOUNT] : [])];
}

/** The present key, which seals, then the previous one, which only opens. Empty: there is no vault. */
export async function vaultKeys({ memory, settings }: AccountsRuntime): Promise<VaultKey[]> {
  memory.vaultKeys ??= await Promise.all(settings.vaultKeys.map(readVaultKey));
  return memory.vaultKeys;
}

export function placeOf(id: AccountId): Place {
  return { table: 'accounts', row: id };
}

function envAccount({ memory, settings: { runcomfyToken: token } }: AccountsRuntime): Account | null {
  memory.envAccount ??= token === null ? null : { token };
  return memory.envAccount;
}

/** Keeps polls and the cron from reading D1 again for a few seconds. */
function rememberUnopenable(deps: AccountsRuntime, id: AccountId, reason: string): null {
  deps.memory.unopenable.set(id, true, deps.clock.now());
  return logUnusable(deps, id, reason);
}

/** Logs once a minute, because every poll of the account's jobs ends up here. */
function logUnusable({ log, memory, clock }: AccountsRuntime, id: AccountId, reason: string): null {
  if (memory.logged.get(id, clock.now()) === undefined) {
    memory.logged.set(id, true, clock.now());
    log.error('account_without_token', { account: id, reason });
  }
  return null;
}

/** As D1 has it, or as last read while D1 does not answer. Undefined: not known. */
async function readSealed(
  { db, memory, clock }: AccountsRuntime,
  id: AccountId,
): Promise<string | null | undefined> {
  try {
    return await withTimeLimit(clock, STORE_LIMIT_MS, findSealed(db, id));
  } catch {
    return memory.sealed.get(id, clock.now());
  }
}
