// A submit as it comes in, and what is answered when it is accepted.

import type { JobId } from '../../lib/ids.ts';
import type { SubmitTime } from '../jobs/submit-time.ts';
import type { Principal } from '../keys/principal.ts';
import type { NewJob } from '../ledger/store.ts';

export type Submission = {
  modelId: string;
  body: Uint8Array;
  idempotencyKey: string | null;
  /** The id of the call. */
  traceId: string;
  /** The start of the request. */
  arrivedAtMs: number;
  /** Names of this gateway, and the origin of its URLs: media that lie here are not fetched. */
  ownHosts: () => string[];
  origin: string;
};

/** An accepted submit, with what the answer tells of the caller's limits, and what is odd about its inputs. */
export type Submitted = { jobId: JobId; headers: Record<string, string>; warnings: string[] };

/** A submit on its way. */
export type SubmitCall = {
  principal: Principal;
  submission: Submission;
  time: SubmitTime;
  idempotency: NewJob['idempotency'];
};
