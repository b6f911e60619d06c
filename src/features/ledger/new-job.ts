// A job as the gate receives it.

import type { JobId } from '../../lib/ids.ts';
import type { Quote } from '../pricing/price.ts';
import type { Caller } from './limit-usage-store.ts';

export type NewJob = Caller & {
  jobId: JobId;
  /** Of the browser token, or ''. */
  endUser: string;
  modelId: string;
  /** The keys of the vault that this isolate has, and `acct_env` where it has the token: the accounts that it can use. */
  openable: string[];
  quote: Quote;
  /** The customer's Idempotency-Key, its scope (the callers that share it) and the hash of its body; or null. */
  idempotency: { key: string; scope: string; bodyHash: string } | null;
  /** When the cron looks at the job if nothing else has moved it. */
  checkAtMs: number;
  /** The id of the call that submits. */
  traceId: string;
  /** The caller's terms as they were read. The gate writes nothing if they have changed. */
  terms: string;
};
