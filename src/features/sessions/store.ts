// The rows of sessions and of links that sign in once. Only hashes are stored: nothing here can tell a cookie or a code.

import { column, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText } from '../../lib/guard.ts';
import { isSessionId } from '../../lib/ids.ts';
import { auditEntry, type Change } from '../audit/store.ts';
import type { Session } from './session.ts';

/** What stands behind a session or a link: which token, and under which name. */
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

/** The live session of a cookie, and the token that it was opened with. */
export async function findSession(
  db: D1Database,
  hash: string,
  nowMs: number,
): Promise<(Session & Opened) | null> {
  const row = await db
    .prepare('SELECT * FROM sessions WHERE hash = ?1 AND expires_at_ms > ?2')
    .bind(hash, nowMs)
    .first();
  return row === null ? null : { ...sessionOf(row), tokenHash: column(row, 'token_hash', isText) };
}

const INSERT = `INSERT INTO sessions (id, hash, actor, token_hash, agent, created_at_ms, expires_at_ms)`;

function valuesOf({ id, hash, actor, tokenHash, agent, createdAtMs, expiresAtMs }: NewSession) {
  return [id, hash, actor, tokenHash, agent, createdAtMs, expiresAtMs];
}

/** What has expired goes with the next sign-in. */
function sweep(db: D1Database, nowMs: number): D1PreparedStatement[] {
  return [
    db.prepare('DELETE FROM sessions WHERE expires_at_ms <= ?1').bind(nowMs),
    db.prepare('DELETE FROM sign_in_links WHERE expires_at_ms <= ?1').bind(nowMs),
  ];
}

export async function insertSession(db: D1Database, session: NewSession, change: Change): Promise<void> {
  await db.batch([
    ...sweep(db, session.createdAtMs),
    db.prepare(`${INSERT} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`).bind(...valuesOf(session)),
    ...auditEntry(db, change),
  ]);
}

/** The live link of a code. */
export async function findLink(db: D1Database, hash: string, nowMs: number): Promise<Opened | null> {
  const row = await db
    .prepare('SELECT actor, token_hash FROM sign_in_links WHERE hash = ?1 AND expires_at_ms > ?2')
    .bind(hash, nowMs)
    .first();
  return row === null
    ? null
    : { actor: column(row, 'actor', isText), tokenHash: column(row, 'token_hash', isText) };
}

/** Opens the session only if the link is still there, and takes the link: of two at once one gets in. */
export async function insertSessionByLink(
  db: D1Database,
  session: NewSession,
  { linkHash, change }: { linkHash: string; change: Change },
): Promise<boolean> {
  const [inserted] = await db.batch([
    db
      .prepare(
        `${INSERT} SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM sign_in_links WHERE hash = ?8 AND expires_at_ms > ?6`,
      )
      .bind(...valuesOf(session), linkHash),
    ...auditEntry(db, change),
    db.prepare('DELETE FROM sign_in_links WHERE hash = ?1').bind(linkHash),
    ...sweep(db, session.createdAtMs),
  ]);
  return inserted?.meta.changes === 1;
}

export async function insertLink(
  db: D1Database,
  { hash, actor, tokenHash, expiresAtMs }: Opened & { hash: string; expiresAtMs: number },
  change: Change,
): Promise<void> {
  await db.batch([
    db
      .prepare('INSERT INTO sign_in_links (hash, actor, token_hash, expires_at_ms) VALUES (?1, ?2, ?3, ?4)')
      .bind(hash, actor, tokenHash, expiresAtMs),
    ...auditEntry(db, change),
  ]);
}

/** Live sessions of these tokens, those that end last first. */
export async function readSessions(
  db: D1Database,
  tokenHashes: string[],
  { nowMs, limit }: { nowMs: number; limit: number },
): Promise<Session[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM sessions WHERE expires_at_ms > ?2 AND token_hash IN (SELECT value FROM json_each(?1))
       ORDER BY expires_at_ms DESC LIMIT ?3`,
    )
    .bind(JSON.stringify(tokenHashes), nowMs, limit)
    .all();
  return results.map(sessionOf);
}

/** False where there is none. */
export async function deleteSession(db: D1Database, id: string, change: Change): Promise<boolean> {
  const [deleted] = await db.batch<Record<string, unknown>>([
    db.prepare('DELETE FROM sessions WHERE id = ?1 RETURNING id').bind(id),
    ...auditEntry(db, change),
  ]);
  return rowsOf(deleted).length === 1;
}
