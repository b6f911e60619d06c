// Finds the session of a cookie, lists the live sessions, and ends one.

import { sha256Hex } from '../../lib/hash.ts';
import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import type { ShieldRuntime } from '../shield/memory.ts';
import { noteMiss, requireLookUp } from '../shield/shield.ts';
import type { Change } from '../audit/store.ts';
import { fingerprintsOf, isSecret, type Session, type SignInToken } from './session.ts';
import { deleteSession, findSession, readSessions } from './store.ts';

/** Far more sessions than operators have. */
const MAX_LISTED = 200;

/** A live session, with the token that it was opened with. */
export type OpenSession = { session: Session; token: SignInToken };

/**
 * The live session of a cookie. Null: there is none, or its token is no longer one of `tokens`. 429 for an address that sends
 * too many such cookies.
 */
export async function findOpenSession(
  deps: ShieldRuntime,
  tokens: SignInToken[],
  { secret, address }: { secret: string; address: string },
): Promise<OpenSession | null> {
  if (!isSecret(secret)) {
    return null;
  }
  await requireLookUp(deps, address);
  const session = await findSession(deps.db, await sha256Hex(secret), deps.clock.now());
  const fingerprints = await fingerprintsOf(tokens);
  const token = session === null ? undefined : tokens[fingerprints.indexOf(session.tokenHash)];
  if (session === null || token === undefined) {
    noteMiss(deps, address);
    return null;
  }
  return { session, token };
}

/** The live sessions of these tokens; the session that ends last comes first. */
export async function listSessions({ db, clock }: Runtime, tokens: SignInToken[]): Promise<Session[]> {
  return readSessions(db, await fingerprintsOf(tokens), { nowMs: clock.now(), limit: MAX_LISTED });
}

/** 404 without such a session. */
export async function endSession({ db }: Runtime, id: string, change: Change): Promise<void> {
  if (!(await deleteSession(db, id, change))) {
    throw new Problem('not_found', 'There is no such session.');
  }
}
