// The cron seals what the audit has got since it last ran, and says so in the log: who rewrites the audit and its seals
// together cannot rewrite the log as well. Two runs at once: the second finds the chain moved on and writes nothing. A run
// that is cut writes all of its seals or none, and the next one goes on.

import type { Runtime } from '../../runtime.ts';
import { hashDetails, hashRow, NO_SEAL, type Seal } from './chain.ts';
import { insertSeals, readUnsealed } from './chain-store.ts';

/** Seals up to `limit` rows; returns how many. */
export async function sealAudit({ db, log }: Runtime, limit: number): Promise<number> {
  const { last, links } = await readUnsealed(db, limit);
  const seals: Seal[] = [];
  let previous = last?.sha256 ?? NO_SEAL;
  for (const { row, details } of links) {
    const hash = details && (await hashDetails(details));
    previous = await hashRow(previous, row, hash);
    seals.push({ upto_id: row.id, details_sha256: hash, sha256: previous });
  }
  const end = seals.at(-1);
  if (end === undefined || !(await insertSeals(db, seals, last?.upto_id ?? 0))) {
    return 0;
  }
  log.info('audit_sealed', { count: seals.length, seal: `${end.upto_id}:${end.sha256}` });
  return seals.length;
}
