// The operator deletes an account: its token is wiped, its row stays for the jobs that refer to it.

import type { Change } from '../audit/store.ts';
import { isAccountId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { ENV_ACCOUNT, noSuchAccount } from './account.ts';
import type { AccountsRuntime } from './memory.ts';
import { forgetAccount } from './open.ts';
import { wipeAccount } from './vault-store.ts';

/** 404 without such an account, 409 while it has open jobs, and 409 for the account of the environment. */
export async function deleteAccount(deps: AccountsRuntime, id: string, change: Change): Promise<void> {
  if (!isAccountId(id)) {
    throw noSuchAccount();
  }
  if (id === ENV_ACCOUNT) {
    throw new Problem(
      'conflict',
      'acct_env is the account of RUNCOMFY_TOKEN and cannot be deleted. Set its status to draining or disabled.',
    );
  }
  const outcome = await wipeAccount(deps.db, id, change);
  forgetAccount(deps, id);
  if (outcome === 'missing') {
    throw noSuchAccount();
  }
  if (outcome === 'in use') {
    throw new Problem(
      'conflict',
      'Jobs of this account are open, and only its token can read them. Set its status to draining and delete it ' +
        'when open_jobs is 0 and their costs are known.',
    );
  }
}
