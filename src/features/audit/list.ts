// Reads the audit: pages of entries for the operator, and the chain for `npm run audit:check`.

import type { Runtime } from '../../runtime.ts';
import type { Link } from './chain.ts';
import { readChain } from './chain-store.ts';
import type { Entry } from './entry.ts';
import { readEntries, type AuditFilter, type AuditPage } from './list-store.ts';

/** A page, newest first. */
export function listAudit({ db }: Runtime, filter: AuditFilter, page: AuditPage): Promise<Entry[]> {
  return readEntries(db, filter, page);
}

/** The chain after an id, oldest first. A page has fewer links than `limit` if their details are long. */
export function getAuditChain({ db }: Runtime, page: { after: number; limit: number }): Promise<Link[]> {
  return readChain(db, page.after, page.limit);
}
