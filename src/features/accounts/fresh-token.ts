// A token may have been replaced since this isolate opened it: one that RunComfy refuses is read anew and tried once more.

import type { AccountId } from '../../lib/ids.ts';
import type { Account } from '../runcomfy/client.ts';
import type { AccountsRuntime } from './memory.ts';
import { findAccount } from './open.ts';

type Question<T> = {
  ask: (account: Account) => Promise<T>;
  /** RunComfy does not take the token. */
  isBadToken: (answer: T) => boolean;
};

/**
 * Asks with the account's token, and once more where D1 has another by now. For reads alone: a submit is never sent
 * twice. Null: there is no token to ask with. D1 is asked once in a few seconds while a token stays bad.
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
  // As D1 last told it, it stays: while D1 does not answer, nobody knows of another one.
  memory.opened.delete(id);
  const fresh = await findAccount(deps, id);
  if (fresh !== null && fresh.token !== account.token) {
    return ask(fresh);
  }
  memory.refused.set(id, true, clock.now());
  return answer;
}
