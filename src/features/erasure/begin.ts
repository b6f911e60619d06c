// The operator has a customer erased. The name is gone and the keys are dead once this has returned; the cron does the rest.

import type { Change } from '../audit/store.ts';
import { noSuchCustomer } from '../customers/customer.ts';
import type { KeysRuntime } from '../keys/memory.ts';
import { usd } from '../../lib/money.ts';
import { Problem } from '../../lib/problem.ts';
import { insertErasure, type Begun } from './begin-store.ts';

/**
 * Isolates remember live keys for 10 s, and a call that came in by one goes on for 30 s at most. Whatever it writes, KV's
 * copy of an owner too, is there before the first step looks for it.
 */
const LAST_CALLS_MS = 60_000;

/** 404 without such a customer; 409 while jobs are open or the balance is not 0, unless `force` says otherwise. */
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
    throw notYet(begun);
  }
}

function notYet({ openJobs, balanceMicros }: Begun): Problem {
  const jobs = openJobs === 0 ? [] : [`has ${openJobs} ${openJobs === 1 ? 'job' : 'jobs'} open`];
  const money = balanceMicros === 0 ? [] : [`has a balance of ${usd(balanceMicros)} USD`];
  return new Problem(
    'conflict',
    `The customer ${[...jobs, ...money].join(' and ') || 'has money held'}. ` +
      'Wait for the jobs and book the balance to 0; force=true erases all the same, and open jobs once they have ended.',
  );
}
