// Accounts as the operator looks at them: never with a token, and each with what keeps it from taking jobs.

import { readFullLimits } from '../ledger/limit-usage-store.ts';
import { apiName, isSpend } from '../ledger/limits.ts';
import type { AccountId } from '../../lib/ids.ts';
import { usd } from '../../lib/money.ts';
import type { Page } from '../../storage/page.ts';
import {
  ENV_ACCOUNT,
  hintOf,
  noSuchAccount,
  obstacleOf,
  type UpstreamAccount,
  type Vault,
} from './account.ts';
import { listAccounts } from './account-store.ts';
import type { AccountsRuntime } from './memory.ts';
import { vaultOf } from './vault.ts';
import { findBusyAccount, readAccounts, type BusyAccount } from './vault-store.ts';

/** `obstacle`: why it takes no jobs for now; null: it takes them. */
type Shown<A> = A & { obstacle: string | null };
export type ShownAccount = Shown<BusyAccount>;
export type AccountHealth = Shown<UpstreamAccount>;

/** A page of the accounts that are not deleted, oldest first. */
export async function listShownAccounts(deps: AccountsRuntime, page: Page): Promise<ShownAccount[]> {
  const [accounts, situation] = await Promise.all([readAccounts(deps.db, page), situationOf(deps)]);
  return accounts.map((account) => shown(account, situation));
}

/** All that are not deleted, the first in the order in which the gate takes them. */
export async function listAccountHealth(deps: AccountsRuntime): Promise<AccountHealth[]> {
  const [accounts, situation] = await Promise.all([listAccounts(deps.db), situationOf(deps)]);
  return accounts.map((account) => shown(account, situation));
}

/** 404 without such an account. */
export async function getShownAccount(deps: AccountsRuntime, id: string): Promise<ShownAccount> {
  const account = await findBusyAccount(deps.db, id);
  if (account === null) {
    throw noSuchAccount();
  }
  return showAccount(deps, account);
}

export async function showAccount(deps: AccountsRuntime, account: BusyAccount): Promise<ShownAccount> {
  return shown(account, await situationOf(deps));
}

type Situation = { vault: Vault; full: Map<AccountId, string>; envHint: string; nowMs: number };

async function situationOf(deps: AccountsRuntime): Promise<Situation> {
  const { runcomfyToken } = deps.settings;
  const nowMs = deps.clock.now();
  const [vault, full] = await Promise.all([vaultOf(deps), fullLimits(deps.db, nowMs)]);
  return { vault, full, envHint: runcomfyToken === null ? '' : hintOf(runcomfyToken), nowMs };
}

function shown<A extends UpstreamAccount>(account: A, situation: Situation): Shown<A> {
  const { vault, full, envHint, nowMs } = situation;
  return {
    ...account,
    hint: account.id === ENV_ACCOUNT ? envHint : account.hint,
    obstacle: obstacleOf(account, { vault, fullLimit: full.get(account.id) ?? null, nowMs }),
  };
}

/** Of each account that is full one limit, as a sentence. */
async function fullLimits(db: D1Database, nowMs: number): Promise<Map<AccountId, string>> {
  const limits = await readFullLimits(db, nowMs);
  return new Map(
    limits.map(({ id, name, max, used }) => [
      id,
      isSpend(name)
        ? `Its limit ${apiName(name)} is used up: ${usd(used)} of ${usd(max)} USD.`
        : `Its limit ${name} is used up: ${used} of ${max}.`,
    ]),
  );
}
