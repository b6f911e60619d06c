// Opens the token of an account. `acct_env` is the token of the environment, every other lies sealed in its row. An
// opened token stays in memory for 60 s at most, and leaves this feature only inside an Account.

import type { AccountId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { readVaultKey, unseal, type Place, type VaultKey } from '../../lib/seal.ts';
import { STORE_LIMIT_MS, withTimeLimit } from '../../lib/time-limit.ts';
import type { Account } from '../runcomfy/client.ts';
import { ENV_ACCOUNT } from './account.ts';
import { findSealed, listTokened } from './account-store.ts';
import type { AccountsRuntime } from './memory.ts';

/** As a row has it; `sealed` is null for `acct_env`, and where the token was wiped. */
export type SealedAccount = { id: AccountId; sealed: string | null };

/** The account, or the refusal that a customer may see: they never learn of the operator's accounts. */
export async function openAccount(deps: AccountsRuntime, id: AccountId | 'any'): Promise<Account> {
  const account = await (id === 'any' ? findAnyAccount(deps) : findAccount(deps, id));
  if (account === null) {
    throw new Problem('upstream_unavailable', 'RunComfy cannot be reached for now. Nothing was spent.', {
      retryAfterSeconds: 60,
    });
  }
  return account;
}

/** Null, and a line in the log: no call can be made with this account. */
export async function findAccount(deps: AccountsRuntime, id: AccountId): Promise<Account | null> {
  if (id === ENV_ACCOUNT) {
    return openSealed(deps, { id, sealed: null });
  }
  const known = deps.memory.opened.get(id, deps.clock.now());
  if (known !== undefined) {
    return known.account;
  }
  if (deps.memory.shut.get(id, deps.clock.now()) !== undefined) {
    return null;
  }
  const sealed = await readSealed(deps, id);
  return sealed === undefined ? closed(deps, id, 'unread') : openSealed(deps, { id, sealed });
}

/** Whether there may be an account to ask; D1 is asked only where the environment has none. */
export async function hasAnyAccount(deps: AccountsRuntime): Promise<boolean> {
  return hasEnvToken(deps) || (await findAnyAccount(deps)) !== null;
}

/** One that can be asked what all of them answer alike; null: there is none. */
async function findAnyAccount(deps: AccountsRuntime): Promise<Account | null> {
  for (const row of await listTokened(deps.db, hasEnvToken(deps))) {
    const account = await openSealed(deps, row);
    if (account !== null) {
      return account;
    }
  }
  return null;
}

/** The same of a row that was read already. */
export async function openSealed(
  deps: AccountsRuntime,
  { id, sealed }: SealedAccount,
): Promise<Account | null> {
  const { memory, clock } = deps;
  if (sealed === null) {
    return (id === ENV_ACCOUNT ? envAccount(deps) : null) ?? shut(deps, id, 'no_token');
  }
  const known = memory.opened.get(id, clock.now());
  if (known?.sealed === sealed) {
    return known.account;
  }
  const opened = await unseal(await vaultKeys(deps), placeOf(id), sealed);
  if (!opened.ok) {
    return shut(deps, id, opened.reason);
  }
  const account = { token: opened.text };
  memory.opened.set(id, { sealed, account }, clock.now());
  memory.sealed.set(id, sealed, clock.now());
  return account;
}

/** After a change of the account: the next call reads its row. */
export function forgetAccount({ memory }: AccountsRuntime, id: AccountId): void {
  memory.opened.delete(id);
  memory.sealed.delete(id);
  memory.refused.delete(id);
  memory.shut.delete(id);
  memory.told.delete(id);
}

/** Whether calls can be made with `acct_env`. */
export function hasEnvToken({ settings }: AccountsRuntime): boolean {
  return settings.runcomfyToken !== null;
}

/** What this isolate has tokens for: the ids of the keys by which it opens sealed ones, and `acct_env`. */
export async function openableBy(deps: AccountsRuntime): Promise<string[]> {
  const keys = await vaultKeys(deps);
  return [...keys.map(({ id }) => id), ...(hasEnvToken(deps) ? [ENV_ACCOUNT] : [])];
}

/** The key that seals, then the one before it. Empty: there is no vault. */
export async function vaultKeys({ memory, settings }: AccountsRuntime): Promise<VaultKey[]> {
  memory.vaultKeys ??= await Promise.all(settings.vaultKeys.map(readVaultKey));
  return memory.vaultKeys;
}

/** Where the token of an account lies. */
export function placeOf(id: AccountId): Place {
  return { table: 'accounts', row: id };
}

function envAccount({ memory, settings: { runcomfyToken: token } }: AccountsRuntime): Account | null {
  memory.envAccount ??= token === null ? null : { token };
  return memory.envAccount;
}

/** For a few seconds its jobs are not read: neither each poll of them nor each look of the cron asks D1 again. */
function shut(deps: AccountsRuntime, id: AccountId, reason: string): null {
  deps.memory.shut.set(id, true, deps.clock.now());
  return closed(deps, id, reason);
}

/** Told once a minute: every poll of its jobs comes by here. */
function closed({ log, memory, clock }: AccountsRuntime, id: AccountId, reason: string): null {
  if (memory.told.get(id, clock.now()) === undefined) {
    memory.told.set(id, true, clock.now());
    log.error('account_without_token', { account: id, reason });
  }
  return null;
}

/** From D1; while that does not answer, as it was last. Undefined: nobody can tell. */
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
