// The operator adds an account. RunComfy checks the token before anything is stored.

import type { Creation } from '../audit/store.ts';
import type { LimitsPatch } from '../ledger/limits.ts';
import { newId, type AccountId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import type { Account } from '../runcomfy/client.ts';
import { vaultClosed, type SettableStatus } from './account.ts';
import type { AccountsRuntime } from './memory.ts';
import { vaultKeys } from './open.ts';
import { tryToken, type Trial } from './trial.ts';
import { sealToken } from './vault.ts';
import { insertAccount, type BusyAccount } from './vault-store.ts';

export type AccountRequest = {
  label: string;
  token: string;
  priority: number;
  limits: LimitsPatch;
  status: SettableStatus;
};

/** 422 for a token that RunComfy refuses, 503 without a vault. */
export async function createAccount(
  deps: AccountsRuntime,
  { token, ...terms }: AccountRequest,
  creation: Creation,
): Promise<BusyAccount> {
  const id: AccountId = newId('acct');
  const tried = await tryNewToken(deps, token);
  const sealed = await sealToken(deps, id, tried);
  return insertAccount(deps.db, { id, ...terms, token: sealed }, { ...creation, object: id });
}

/** Refuses a token only if RunComfy refuses it: a token is stored too while RunComfy cannot be reached. */
export async function tryNewToken(
  deps: AccountsRuntime,
  token: string,
): Promise<{ account: Account; trial: Trial }> {
  if ((await vaultKeys(deps)).length === 0) {
    throw vaultClosed();
  }
  const account = { token };
  const trial = await tryToken(deps, account);
  if (trial.kind === 'bad') {
    const message = `${trial.reason}. Nothing was stored`;
    throw new Problem('invalid_input', `token: ${message}.`, {
      errors: [{ path: 'token', rule: 'runcomfy', message }],
    });
  }
  return { account, trial };
}
