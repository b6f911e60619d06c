// Whose session a cookie is, and which sessions there are.

import { sha256Hex } from '../../lib/hash.ts';
import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import type { Change } from '../audit/store.ts';
import { fingerprintsOf, isSecret, type Session, type SignInToken } from './session.ts';
import { deleteSession, findSession, readSessions } from './store.ts';

/** More sessions than people have are not listed. */
const MAX_LISTED = 200;

/** A live session, and the token that it was opened with. */
export type OpenSession = { session: Session; token: SignInToken };

/** Null: the cookie is no session's, the session has ended, or its token is none of `tokens` any more. */
export async function findOpenSession(
  { db, clock }: Runtime,
  tokens: SignInToken[],
  secret: string,
): Promise<OpenSession | null> {
  if (!isSecret(secret)) {
    return null;
  }
  const session = await findSession(db, await sha256Hex(secret), clock.now());
  const fingerprints = await fingerprintsOf(tokens);
  const token = session === null ? undefined : tokens[fingerprints.indexOf(session.tokenHash)];
  return session === null || token === undefined ? null : { session, token };
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
