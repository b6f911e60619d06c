// The operator has an account's token checked now, without waiting for the hourly check.

import { auditEntry, type Change } from '../audit/store.ts';
import { Problem } from '../../lib/problem.ts';
import type { Account } from '../runcomfy/client.ts';
import { ENV_ACCOUNT, noSuchAccount, unreadable, vaultClosed, type UpstreamAccount } from './account.ts';
import { recordTrial } from './balance.ts';
import type { AccountsRuntime } from './memory.ts';
import { openSealed } from './open.ts';
import { getShownAccount, type ShownAccount } from './read.ts';
import { tryToken, type Trial } from './trial.ts';
import { vaultOf } from './vault.ts';

/** 404 without such an account, 503 without a vault, 409 where the stored token cannot be opened. */
export async function checkAccount(
  deps: AccountsRuntime,
  id: string,
  change: Change,
): Promise<{ account: ShownAccount; trial: Trial }> {
  const account = await getShownAccount(deps, id);
  if (account.status === 'deleted') {
    throw noSuchAccount();
  }
  const opened = await openStored(deps, account);
  const askedAtMs = deps.clock.now();
  const trial = await tryToken(deps, opened);
  await recordTrial(deps, account, { trial, askedAtMs, also: auditEntry(deps.db, change) });
  return { account: await getShownAccount(deps, id), trial };
}

async function openStored(deps: AccountsRuntime, account: UpstreamAccount): Promise<Account> {
  const vault = await vaultOf(deps);
  if (account.id !== ENV_ACCOUNT && vault.keyIds.length === 0) {
    throw vaultClosed();
  }
  const why = unreadable(account, vault);
  if (why !== null) {
    throw new Problem('conflict', why);
  }
  const opened = await openSealed(deps, account);
  if (opened === null) {
    throw new Problem(
      'conflict',
      'The sealed token cannot be opened: it was changed in D1, or copied from another row. ' +
        'Give the account a new token.',
    );
  }
  return opened;
}
