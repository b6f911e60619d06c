// Accounts as the operator looks at them: never with a token, and each with what keeps it from taking jobs.

import type { Page } from '../../storage/page.ts';
import { ENV_ACCOUNT, hintOf, noSuchAccount, obstacleOf } from './account.ts';
import type { AccountsRuntime } from './memory.ts';
import { vaultOf } from './vault.ts';
import { findBusyAccount, readAccounts, type BusyAccount } from './vault-store.ts';

/** `obstacle`: why it takes no jobs for now; null: it takes them. */
export type ShownAccount = BusyAccount & { obstacle: string | null };

/** A page of the accounts that are not deleted, oldest first. */
export async function listShownAccounts(deps: AccountsRuntime, page: Page): Promise<ShownAccount[]> {
  const accounts = await readAccounts(deps.db, page);
  return Promise.all(accounts.map((account) => shown(deps, account)));
}

/** 404 without such an account. */
export async function getShownAccount(deps: AccountsRuntime, id: string): Promise<ShownAccount> {
  const account = await findBusyAccount(deps.db, id);
  if (account === null) {
    throw noSuchAccount();
  }
  return shown(deps, account);
}

export async function shown(deps: AccountsRuntime, account: BusyAccount): Promise<ShownAccount> {
  const { runcomfyToken } = deps.settings;
  const hint = account.id === ENV_ACCOUNT && runcomfyToken !== null ? hintOf(runcomfyToken) : account.hint;
  const obstacle = obstacleOf(account, { vault: await vaultOf(deps), nowMs: deps.clock.now() });
  return { ...account, hint, obstacle };
}
