// The cron seals the entries since its last run and logs the last seal: somebody who rewrites the audit and its seals cannot
// rewrite the log as well. Of two runs at once, the second finds that the chain has grown and writes nothing. An interrupted
// run writes all of its seals or none; the next run seals the rest.

import type { Runtime } from '../../runtime.ts';
import { hashDetails, hashRow, NO_SEAL, type Seal } from './chain.ts';
import { insertSeals, readUnsealed } from './chain-store.ts';

/** Seals up to `limit` rows and returns their number. */
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
