// The chain of seals over the audit. Each seal is the SHA-256 of the seal before it, a row, and the salted hash of the row's
// details. Pure: the cron computes the seals, and `npm run audit:check` computes them again on another machine.

import { sha256Hex } from '../../lib/hash.ts';

export type Sealable = {
  id: number;
  at_ms: number;
  actor: string;
  session_id: string | null;
  action: string;
  object: string;
  trace_id: string;
};

/** The columns as they are stored, JSON as text. */
export type SealableDetails = {
  salt: string;
  before: string | null;
  after: string | null;
  change: string;
  address: string | null;
};

/** `details_sha256` is null if the details were erased before the row was sealed. */
export type Seal = { upto_id: number; details_sha256: string | null; sha256: string };

/** The parts of the chain with one id; null: missing. */
export type Link = { id: number; row: Sealable | null; details: SealableDetails | null; seal: Seal | null };

/** The first seal hashes this as its predecessor. */
export const NO_SEAL = '';

export function hashDetails({ salt, before, after, change, address }: SealableDetails): Promise<string> {
  return sha256Hex(JSON.stringify([salt, before, after, change, address]));
}

export function hashRow(previous: string, row: Sealable, detailsSha256: string | null): Promise<string> {
  const { id, at_ms: atMs, actor, session_id: sessionId, action, object, trace_id: traceId } = row;
  return sha256Hex(
    JSON.stringify([previous, id, atMs, actor, sessionId, action, object, traceId, detailsSha256]),
  );
}
