// Which RunComfy account a call is made with. `acct_env` is the token of the environment.

import type { AccountId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import type { Account, RunComfyRuntime } from '../runcomfy/client.ts';
import type { AccountsSettings } from './settings.ts';

export type AccountsRuntime = RunComfyRuntime & { settings: AccountsSettings };

export const ENV_ACCOUNT: AccountId = 'acct_env';

/** Whether calls can be made with this account. */
export function hasToken(deps: AccountsRuntime, id: AccountId): boolean {
  return id === ENV_ACCOUNT && deps.settings.runcomfyToken !== null;
}

/** The account's token, or the refusal that a customer may see: they never learn of the operator's accounts. */
export function getAccount(deps: AccountsRuntime, id: AccountId): Account {
  const token = id === ENV_ACCOUNT ? deps.settings.runcomfyToken : null;
  if (token === null) {
    deps.log.error('account_without_token', { account: id });
    throw new Problem('upstream_unavailable', 'RunComfy cannot be reached for now. Nothing was spent.', {
      retryAfterSeconds: 60,
    });
  }
  return { token };
}
