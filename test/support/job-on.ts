// A job as the books have it, for rules that read no store.

import type { Job } from '../../src/features/jobs/job.ts';
import { microsOf } from '../../src/lib/money.ts';

const micros = (value: number) => microsOf(value)!;

type Terms = Pick<Job, 'chargeMode' | 'estimateMicros' | 'holdMicros' | 'markupE4'> & Partial<Job>;

/** A job that runs, with these terms. */
export function jobOn(terms: Terms): Job {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    customerId: 'cus_1',
    keyId: 'key_1',
    tokenId: '',
    endUser: '',
    modelId: 'acme/model',
    accountId: 'acct_1',
    state: 'running',
    upstreamId: 'up',
    traceId: null,
    bodyHash: null,
    unitMicros: terms.estimateMicros,
    price: null,
    leastMicros: micros(0),
    addsMicros: micros(0),
    addsCostMicros: micros(0),
    chargeMicros: null,
    costMicros: null,
    costAtMs: null,
    costFlag: null,
    successWord: null,
    result: null,
    createdAtMs: 0,
    endedAtMs: null,
    settledAtMs: null,
    checkAtMs: null,
    checks: 0,
    missing: 0,
    missingSinceMs: null,
    ...terms,
  };
}
