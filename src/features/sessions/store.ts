// The rows of sessions and of links that sign in once. They hold only hashes: neither a cookie nor a code can be read from them.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import { isSessionId } from '../../lib/ids.ts';
import { auditEntry, type Change } from '../audit/store.ts';
import type { Session } from './session.ts';

/** The token with which a session or a link was opened, and the token's name. */
export type Opened = { actor: string; tokenHash: string };

export type NewSession = Session & Opened & { hash: string };

function sessionOf(row: Row): Session {
  return {
    id: column(row, 'id', isSessionId),
    actor: column(row, 'actor', isText),
    agent: column(row, 'agent', isText),
    createdAtMs: column(row, 'created_at_ms', isNumber),
    expiresAtMs: column(row, 'expires_at_ms', isNumber),
  };
}

const FIND_SESSION = statement<{ hash: string; nowMs: number }>(
  'SELECT * FROM sessions WHERE hash = :hash AND expires_at_ms > :nowMs',
);

/** The live session of a cookie, with the token that it was opened with. */
export async function findSession(
  db: D1Database,
  hash: string,
  nowMs: number,
): Promise<(Session & Opened) | null> {
  const row = await FIND_SESSION(db, { hash, nowMs }).first();
  return row === null ? null : { ...sessionOf(row), tokenHash: column(row, 'token_hash', isText) };
}

const INSERT_SESSION = statement<NewSession>(
  `INSERT INTO sessions (id, hash, actor, token_hash, agent, created_at_ms, expires_at_ms)
   VALUES (:id, :hash, :actor, :tokenHash, :agent, :createdAtMs, :expiresAtMs)`,
);

const DELETE_EXPIRED_SESSIONS = statement<{ nowMs: number }>(
  'DELETE FROM sessions WHERE expires_at_ms <= :nowMs',
);
const DELETE_EXPIRED_LINKS = statement<{ nowMs: number }>(
  'DELETE FROM sign_in_links WHERE expires_at_ms <= :nowMs',
);

/** Every sign-in deletes what has expired. */
function sweep(db: D1Database, nowMs: number): D1PreparedStatement[] {
  return [DELETE_EXPIRED_SESSIONS(db, { nowMs }), DELETE_EXPIRED_LINKS(db, { nowMs })];
}

export async function insertSession(db: D1Database, session: NewSession, change: Change): Promise<void> {
  await db.batch([...sweep(db, session.createdAtMs), INSERT_SESSION(db, session), ...auditEntry(db, change)]);
}

const FIND_LINK = statement<{ hash: string; nowMs: number }>(
  'SELECT actor, token_hash FROM sign_in_links WHERE hash = :hash AND expires_at_ms > :nowMs',
);

/** The live link of a code. */
export async function findLink(db: D1Database, hash: string, nowMs: number): Promise<Opened | null> {
  const row = await FIND_LINK(db, { hash, nowMs }).first();
  return row === null
    ? null
    : { actor: column(row, 'actor', isText), tokenHash: column(row, 'token_hash', isText) };
}

const INSERT_SESSION_BY_LINK = statement<NewSession & { linkHash: string }>(
  `INSERT INTO sessions (id, hash, actor, token_hash, agent, created_at_ms, expires_at_ms)
   SELECT :id, :hash, :actor, :tokenHash, :agent, :createdAtMs, :expiresAtMs FROM sign_in_links
   WHERE hash = :linkHash AND expires_at_ms > :createdAtMs`,
);
const DELETE_LINK = statement<{ linkHash: string }>('DELETE FROM sign_in_links WHERE hash = :linkHash');

/** Opens the session if the link still exists, and deletes the link: of two sign-ins at once, one succeeds. */
export async function insertSessionByLink(
  db: D1Database,
  session: NewSession,
  { linkHash, change }: { linkHash: string; change: Change },
): Promise<boolean> {
  const [inserted] = await db.batch([
    INSERT_SESSION_BY_LINK(db, { ...session, linkHash }),
    ...auditEntry(db, change),
    DELETE_LINK(db, { linkHash }),
    ...sweep(db, session.createdAtMs),
  ]);
  return inserted?.meta.changes === 1;
}

type NewLink = Opened & { hash: string; expiresAtMs: number };

const INSERT_LINK = statement<NewLink>(
  `INSERT INTO sign_in_links (hash, actor, token_hash, expires_at_ms) VALUES (:hash, :actor, :tokenHash, :expiresAtMs)`,
);

export async function insertLink(db: D1Database, link: NewLink, change: Change): Promise<void> {
  await db.batch([INSERT_LINK(db, link), ...auditEntry(db, change)]);
}

const LIVE_SESSIONS = statement<{ tokenHashes: string; nowMs: number; limit: number }>(
  `SELECT * FROM sessions WHERE expires_at_ms > :nowMs AND token_hash IN (SELECT value FROM json_each(:tokenHashes))
   ORDER BY expires_at_ms DESC LIMIT :limit`,
);

/** The live sessions of these tokens; the session that ends last comes first. */
export async function readSessions(
  db: D1Database,
  tokenHashes: string[],
  { nowMs, limit }: { nowMs: number; limit: number },
): Promise<Session[]> {
  const values = { tokenHashes: JSON.stringify(tokenHashes), nowMs, limit };
  const { results } = await LIVE_SESSIONS(db, values).all();
  return results.map(sessionOf);
}

const DELETE_SESSION = statement<{ id: string }>('DELETE FROM sessions WHERE id = :id RETURNING id');

/** False: there is no such session. */
export async function deleteSession(db: D1Database, id: string, change: Change): Promise<boolean> {
  const [deleted] = await db.batch<Record<string, unknown>>([
    DELETE_SESSION(db, { id }),
    ...auditEntry(db, change),
  ]);
  return rowsOf(deleted).length === 1;
}
