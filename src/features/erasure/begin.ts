// The operator erases a customer. When this returns, the name is gone and the keys are revoked; the cron erases the rest.

import type { Change } from '../audit/store.ts';
import { noSuchCustomer } from '../customers/customer.ts';
import type { KeysRuntime } from '../keys/memory.ts';
import { usd } from '../../lib/money.ts';
import { Problem } from '../../lib/problem.ts';
import { insertErasure, type Begun } from './begin-store.ts';

/**
 * The first step waits until no call of the customer can write any more: isolates remember a live key for 10 s, and a call
 * runs for 30 s at most.
 */
const LAST_CALLS_MS = 60_000;

/** 404 without such a customer; without `force` 409 while jobs are open or the balance is not 0. */
export async function beginErasure(
  deps: KeysRuntime,
  { id, force }: { id: string; force: boolean },
  change: Change,
): Promise<void> {
  const dueAtMs = change.atMs + LAST_CALLS_MS;
  const begun = await insertErasure(deps.db, { id, force, dueAtMs }, change);
  deps.memory.principals.clear();
  if (begun === null) {
    throw noSuchCustomer();
  }
  if (!begun.isErased) {
    throw tooEarly(begun);
  }
}

function tooEarly({ openJobs, balanceMicros }: Begun): Problem {
  const jobs = openJobs === 0 ? [] : [`has ${openJobs} ${openJobs === 1 ? 'job' : 'jobs'} open`];
  const money = balanceMicros === 0 ? [] : [`has a balance of ${usd(balanceMicros)} USD`];
  return new Problem(
    'conflict',
    `The customer ${[...jobs, ...money].join(' and ') || 'has money held'}. ` +
      'Wait for the jobs and book the balance to 0; force=true erases all the same, and open jobs once they have ended.',
  );
}
