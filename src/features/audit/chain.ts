// The chain of seals over the audit: each seal is SHA-256 over the seal before it, a row, and the salted hash of the
// row's details. Pure; the cron makes the seals, and `npm run audit:check` makes them anew elsewhere.

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

/** As the texts that are stored. */
export type SealableDetails = {
  salt: string;
  before: string | null;
  after: string | null;
  change: string;
  address: string | null;
};

/** `details_sha256` is null where the details were erased before the row was sealed. */
export type Seal = { upto_id: number; details_sha256: string | null; sha256: string };

/** What is stored under one id; each part is null where it is not there. */
export type Link = { id: number; row: Sealable | null; details: SealableDetails | null; seal: Seal | null };

/** The seal in front of the first one. */
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
