// Whose session a cookie is, and which sessions there are.

import { sha256Hex } from '../../lib/hash.ts';
import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import type { ShieldRuntime } from '../shield/memory.ts';
import { noteMiss, requireLookUp } from '../shield/shield.ts';
import type { Change } from '../audit/store.ts';
import { fingerprintsOf, isSecret, type Session, type SignInToken } from './session.ts';
import { deleteSession, findSession, readSessions } from './store.ts';

/** More sessions than people have are not listed. */
const MAX_LISTED = 200;

/** A live session, and the token that it was opened with. */
export type OpenSession = { session: Session; token: SignInToken };

/**
 * Null: the cookie is no session's, the session has ended, or its token is none of `tokens` any more. 429 for an address
 * that sends too many of those.
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

/** The live sessions of these tokens, those that end last first. */
export async function listSessions({ db, clock }: Runtime, tokens: SignInToken[]): Promise<Session[]> {
  return readSessions(db, await fingerprintsOf(tokens), { nowMs: clock.now(), limit: MAX_LISTED });
}

/** 404 where there is none. */
export async function endSession({ db }: Runtime, id: string, change: Change): Promise<void> {
  if (!(await deleteSession(db, id, change))) {
    throw new Problem('not_found', 'There is no such session.');
  }
}
