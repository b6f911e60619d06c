// A person signs in with a token of the settings, or with a link that works once, and signs out.

import { equalSecrets, sha256Hex } from '../../lib/hash.ts';
import { newId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import type { Creation } from '../audit/store.ts';
import {
  fingerprintOf,
  fingerprintsOf,
  isSecret,
  LINK_LIFE_MS,
  newSecret,
  SESSION_LIFE_MS,
  type Session,
  type SignInToken,
} from './session.ts';
import type { ShieldRuntime } from '../shield/memory.ts';
import { noteMiss, refuseFlood, requireLookUp } from '../shield/shield.ts';
import type { OpenSession } from './read.ts';
import {
  deleteSession,
  findLink,
  insertLink,
  insertSession,
  insertSessionByLink,
  type NewSession,
  type Opened,
} from './store.ts';

/** A token or the code of a link, and the browser's User-Agent. */
export type SignIn = { secret: { token: string } | { code: string }; agent: string } & Origin;

/** The trace id of the call and the caller's address. */
type Origin = { traceId: string; address: string };

/** `secret` goes into the cookie and nowhere else. */
export type SignedIn = OpenSession & { secret: string };

/** The token among `tokens`, or null. Comparing all of them keeps the duration the same for each. */
export async function findToken(tokens: SignInToken[], presented: string): Promise<SignInToken | null> {
  const matches = await Promise.all(tokens.map(({ token }) => equalSecrets(token, presented)));
  return tokens.find((_token, index) => matches[index]) ?? null;
}

/**
 * Opens a session. 401 for a token that is none of `tokens`, and for a code that was used or has expired; 429 for an address
 * that sends too many of them.
 */
export async function signIn(deps: ShieldRuntime, tokens: SignInToken[], asked: SignIn): Promise<SignedIn> {
  return 'token' in asked.secret
    ? signInByToken(deps, { tokens, presented: asked.secret.token, asked })
    : signInByLink(deps, { tokens, code: asked.secret.code, asked });
}

async function signInByToken(
  deps: ShieldRuntime,
  { tokens, presented, asked }: { tokens: SignInToken[]; presented: string; asked: SignIn },
): Promise<SignedIn> {
  const token = await requireToken(deps, tokens, { presented, address: asked.address });
  const opened = { actor: token.name, tokenHash: await fingerprintOf(token) };
  const { session, secret } = await openSession(deps, opened, asked);
  await insertSession(deps.db, session, { ...startOf(session, asked), object: session.id });
  return { session, token, secret };
}

async function signInByLink(
  deps: ShieldRuntime,
  { tokens, code, asked }: { tokens: SignInToken[]; code: string; asked: SignIn },
): Promise<SignedIn> {
  await requireLookUp(deps, asked.address);
  const linkHash = await sha256Hex(code);
  const link = isSecret(code) ? await findLink(deps.db, linkHash, deps.clock.now()) : null;
  const fingerprints = await fingerprintsOf(tokens);
  const token = link === null ? undefined : tokens[fingerprints.indexOf(link.tokenHash)];
  if (link === null || token === undefined) {
    noteMiss(deps, asked.address);
    throw deadLink();
  }
  const { session, secret } = await openSession(deps, link, asked);
  const change = { ...startOf(session, asked), object: session.id };
  if (!(await insertSessionByLink(deps.db, session, { linkHash, change }))) {
    throw deadLink();
  }
  return { session, token, secret };
}

async function openSession(
  { clock }: Runtime,
  opened: Opened,
  { agent }: SignIn,
): Promise<{ session: NewSession; secret: string }> {
  const secret = newSecret();
  const nowMs = clock.now();
  const hash = await sha256Hex(secret);
  const times = { createdAtMs: nowMs, expiresAtMs: nowMs + SESSION_LIFE_MS };
  return { session: { ...opened, ...times, id: newId('ses'), hash, agent }, secret };
}

function startOf({ actor, createdAtMs }: Session, { traceId, address }: SignIn): Creation {
  return { atMs: createdAtMs, actor, sessionId: null, address, action: 'session.start', change: {}, traceId };
}

/** A code that signs in once, within an hour. 401 for a token that is none of `tokens`. */
export async function makeLink(
  deps: ShieldRuntime,
  tokens: SignInToken[],
  { presented, address, traceId }: Presented & Origin,
): Promise<{ code: string; expiresAtMs: number }> {
  const { db, clock } = deps;
  const token = await requireToken(deps, tokens, { presented, address });
  const code = newSecret();
  const nowMs = clock.now();
  const expiresAtMs = nowMs + LINK_LIFE_MS;
  const link = {
    hash: await sha256Hex(code),
    actor: token.name,
    tokenHash: await fingerprintOf(token),
    expiresAtMs,
  };
  const who = { actor: token.name, sessionId: null, address };
  const change = { ...who, atMs: nowMs, action: 'session.link', object: token.name, change: {}, traceId };
  await insertLink(db, link, change);
  return { code, expiresAtMs };
}

/** Ends the session of the cookie, unless it has ended before. */
export async function signOut({ db, clock }: Runtime, session: Session, origin: Origin): Promise<void> {
  const { actor, id } = session;
  const change = { ...origin, actor, sessionId: id, action: 'session.end', object: id, change: {} };
  await deleteSession(db, id, { ...change, atMs: clock.now() });
}

type Presented = { presented: string; address: string };

async function requireToken(
  deps: ShieldRuntime,
  tokens: SignInToken[],
  { presented, address }: Presented,
): Promise<SignInToken> {
  const token = await findToken(tokens, presented);
  if (token === null) {
    await refuseFlood(deps, address);
    throw new Problem('invalid_admin_token', 'This is none of the admin or read tokens.');
  }
  return token;
}

function deadLink(): Problem {
  return new Problem(
    'invalid_admin_token',
    'This sign-in link was used, or is older than an hour. Sign in with the token, or ask for a new link.',
  );
}
