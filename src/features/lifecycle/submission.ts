// A submit as it comes in, what it orders, and the answer when it is accepted.

import type { Offer } from '../catalogue/model.ts';
import type { SubmitTime } from '../jobs/submit-time.ts';
import type { Principal } from '../keys/principal.ts';
import type { NewJob } from '../ledger/new-job.ts';
import type { MediaInput } from '../media/media-inputs.ts';
import type { Quote } from '../pricing/price.ts';
import type { JobId } from '../../lib/ids.ts';
import type { CallerLimits } from '../../lib/problem.ts';

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

/** A submit with its caller and the time it has. */
export type SubmitCall = {
  principal: Principal;
  submission: Submission;
  time: SubmitTime;
  idempotency: NewJob['idempotency'];
};

/** A checked and priced input. */
export type Order = { model: Offer; quote: Quote; media: MediaInput[]; warnings: string[] };

/** An accepted submit. `isReplay`: the answer of an earlier submit with the same Idempotency-Key. */
export type Submitted = { jobId: JobId; limits: CallerLimits; isReplay: boolean; warnings: string[] };
