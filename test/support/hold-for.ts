// A job for the gate, without a submit around it.

import type { NewJob } from '../../src/features/ledger/new-job.ts';
import { newJobId } from '../../src/lib/ids.ts';
import { microsOf } from '../../src/lib/money.ts';
import type { Tenant, World } from './world.ts';

const micros = (value: number) => microsOf(value)!;

/** A job of the tenant as the gate receives it. */
export function holdFor(world: World, tenant: Tenant, fields: Partial<NewJob> = {}): NewJob {
  return {
    jobId: newJobId(),
    customerId: tenant.id as NewJob['customerId'],
    keyId: tenant.keyId as NewJob['keyId'],
    tokenId: '',
    endUser: '',
    modelId: 'a/b',
    openable: ['acct_env'],
    quote: {
      unitMicros: micros(1),
      estimateMicros: micros(100),
      addsMicros: micros(0),
      addsCostMicros: micros(0),
      leastMicros: micros(100),
      holdMicros: micros(100),
      charge: 'estimate',
      price: { usdMicros: micros(1), unit: 'output' },
      terms: { markupE4: 10_000, ownUnitMicros: null },
    },
    idempotency: null,
    traceId: '',
    terms: '10000 ',
    atMs: world.clock.now(),
    checkAtMs: world.clock.now(),
    ...fields,
  };
}
