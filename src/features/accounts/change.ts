// The operator changes an account: its terms, its status, or its token. A new token replaces the old one for running jobs
// too.

import type { Change } from '../audit/store.ts';
import { isAccountId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { ENV_ACCOUNT, noSuchAccount } from './account.ts';
import { tryNewToken } from './create.ts';
import type { AccountsRuntime } from './memory.ts';
import { forgetAccount } from './open.ts';
import { sealToken } from './vault.ts';
import { patchAccount, type AccountPatch, type BusyAccount } from './vault-store.ts';

/** 404 without such an account. A token that is refused: as `createAccount`. */
export async function changeAccount(
  deps: AccountsRuntime,
  id: string,
  { patch, token, change }: { patch: AccountPatch; token: string | undefined; change: Change },
): Promise<BusyAccount> {
  if (!isAccountId(id)) {
    throw noSuchAccount();
  }
  if (token !== undefined && id === ENV_ACCOUNT) {
    throw new Problem('conflict', 'The token of acct_env is the secret RUNCOMFY_TOKEN: replace it there.');
  }
  const sealed = token === undefined ? null : await sealToken(deps, id, await tryNewToken(deps, token));
  const account = await patchAccount(deps.db, id, { patch, token: sealed, change });
  forgetAccount(deps, id);
  if (account === null) {
    throw noSuchAccount();
  }
  return account;
}
