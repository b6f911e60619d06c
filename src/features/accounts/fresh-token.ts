// An account's token may have been replaced since this isolate opened it, so a refused token is read again from D1 and
// the call is repeated with the new one.

import type { AccountId } from '../../lib/ids.ts';
import type { Account } from '../runcomfy/client.ts';
import type { AccountsRuntime } from './memory.ts';
import { findAccount } from './open.ts';

type Question<T> = {
  ask: (account: Account) => Promise<T>;
  /** RunComfy refused the token. */
  isBadToken: (answer: T) => boolean;
};

/**
 * Asks with the account's token, and once more if D1 has another one by now. For reads only: a submit is never sent
 * twice. Null: the account has no usable token. While a token stays bad, D1 is read once in a few seconds.
 */
export async function askWithFreshToken<T>(
  deps: AccountsRuntime,
  id: AccountId,
  { ask, isBadToken }: Question<T>,
): Promise<T | null> {
  const account = await findAccount(deps, id);
  if (account === null) {
    return null;
  }
  const answer = await ask(account);
  const { memory, clock } = deps;
  if (!isBadToken(answer) || memory.refused.get(id, clock.now()) === true) {
    return answer;
  }
  // `memory.sealed` stays: while D1 does not answer, the last known token is the only one.
  memory.opened.delete(id);
  const fresh = await findAccount(deps, id);
  if (fresh !== null && fresh.token !== account.token) {
    return ask(fresh);
  }
  memory.refused.set(id, true, clock.now());
  return answer;
}
