// The operator's verdict on a job whose outcome is unknown: RunComfy's own list of generations shows if it took the job,
// and under which id.

import type { Change } from '../audit/store.ts';
import { audited, auditEntry } from '../audit/store.ts';
import type { LifecycleRuntime } from './memory.ts';
import { endJobs } from '../ledger/end-jobs.ts';
import { unpaid, type JobEnd } from '../ledger/job-end.ts';
import type { AccountId, JobId } from '../../lib/ids.ts';
import { noRoom } from '../../lib/bytes-in-flight.ts';
import { Problem } from '../../lib/problem.ts';
import { openAccount } from '../accounts/open.ts';
import { readResult, type ResultRead } from '../runcomfy/reads.ts';
import {
  isEnded,
  nextCheckMs,
  noSuchJobForOperator,
  STALE_RESERVED_MS,
  type Job,
  type JobState,
} from '../jobs/job.ts';
import { settle } from './settle.ts';
import { findCopy, rememberOwner } from '../jobs/owner.ts';
import { findJob, findJobByUpstreamId, JOB_STATE, listUnconfirmed, markRunning } from '../jobs/store.ts';

/** `refused`: RunComfy never took it. `lost`: its outcome stays unknown. Else the id under which RunComfy has it. */
export type Verdict = { outcome: 'refused' | 'lost' } | { upstreamId: string };

/** One call resolves no more: each job is read in KV, and a call may make a thousand such reads. */
const MAX_AT_ONCE = 200;

/** Applies the operator's verdict to one job; returns it as it stands then. 404, 409, 422 or 503. */
export async function resolveJob(
  deps: LifecycleRuntime,
  id: JobId,
  { verdict, change }: { verdict: Verdict; change: Change },
): Promise<Job> {
  const job = await findJob(deps.db, id);
  if (job === null) {
    throw noSuchJobForOperator();
  }
  refuseUnlessOpen(job, verdict, deps.clock.now());
  if (job.state !== 'running' && (await continueFromKv(deps, job, { verdict, change }))) {
    throw new Problem(
      'conflict',
      'KV holds the upstream id of the job, so RunComfy accepted it and it continues. Read the job again.',
    );
  }
  if ('upstreamId' in verdict) {
    await continueAs(deps, job, { upstreamId: verdict.upstreamId, change });
  } else {
    await resolveUnpaid(deps, job, { outcome: verdict.outcome, change });
  }
  return (await findJob(deps.db, id)) ?? job;
}

/**
 * Applies one verdict to all unconfirmed jobs of an account that were submitted at from ≤ t < to. If KV holds a job's
 * upstream id, RunComfy accepted it, and it continues whatever the verdict is.
 */
export async function resolveRange(
  deps: LifecycleRuntime,
  range: { accountId: AccountId; fromMs: number; toMs: number },
  { outcome, change }: { outcome: 'refused' | 'lost'; change: Change },
): Promise<{ resolved: number; hasMore: boolean }> {
  const listed = await listUnconfirmed(deps.db, range, MAX_AT_ONCE + 1);
  const ends: JobEnd[] = [];
  for (const job of listed.slice(0, MAX_AT_ONCE)) {
    if (!(await continueFromKv(deps, job, { verdict: { outcome }, change }))) {
      ends.push(unpaid({ jobId: job.id, from: ['unconfirmed'], state: outcome }));
    }
  }
  const resolved = await endJobs(deps, ends, { before: [], behind: auditEntry(deps.db, change) });
  return { resolved: resolved.size, hasMore: listed.length > MAX_AT_ONCE };
}

function refuseUnlessOpen(job: Job, verdict: Verdict, nowMs: number): void {
  if (isEnded(job.state)) {
    throw new Problem(
      'conflict',
      `The job has ended: ${job.state}. Book an adjustment to change what it cost.`,
    );
  }
  if (job.state === 'reserved' && nowMs - job.createdAtMs < STALE_RESERVED_MS) {
    throw new Problem('conflict', 'The job is being sent. Try again five minutes after it was submitted.');
  }
  const isLoss = 'outcome' in verdict && verdict.outcome === 'lost';
  if (job.state === 'running' && !isLoss) {
    throw new Problem('conflict', 'RunComfy runs the job, so the only outcome you may set is "lost".');
  }
}

async function resolveUnpaid(
  deps: LifecycleRuntime,
  job: Job,
  { outcome, change }: { outcome: 'refused' | 'lost'; change: Change },
): Promise<void> {
  // An unconfirmed job that was found to run since it was read is not given up as a running one.
  const from: JobState[] = job.state === 'running' ? ['running'] : ['reserved', 'unconfirmed'];
  const ends = [unpaid({ jobId: job.id, from, state: outcome })];
  const entry = audited(deps.db, change, JOB_STATE);
  const ended = await endJobs(deps, ends, entry);
  if (!ended.has(job.id)) {
    throw new Problem('conflict', 'The job changed during this call. Read it again.');
  }
}

/**
 * Marks a job as running if KV holds its upstream id, and audits that with the id; false if KV does not, or if the verdict
 * names the same id. Without KV nothing is decided: 503.
 */
async function continueFromKv(
  deps: LifecycleRuntime,
  job: Job,
  { verdict, change }: { verdict: Verdict; change: Change },
): Promise<boolean> {
  const copy = await findCopy(deps, job.id);
  if (copy === 'unreadable') {
    throw new Problem('storage_unavailable', 'KV does not answer, and it may hold the id of the job.', {
      retryAfterSeconds: 5,
    });
  }
  if (copy === null || ('upstreamId' in verdict && verdict.upstreamId === copy.upstreamId)) {
    return false;
  }
  const { upstreamId } = copy;
  const known = { ...change, object: job.id, change: { ...change.change, known_upstream_id: upstreamId } };
  const entry = audited(deps.db, known, JOB_STATE);
  const checkAtMs = nextCheckMs(job, deps.clock.now());
  return markRunning(deps.db, { jobId: job.id, upstreamId, checkAtMs }, entry);
}

/** The job continues under the id that the operator found; if RunComfy has ended it, it is settled at once. */
async function continueAs(
  deps: LifecycleRuntime,
  job: Job,
  { upstreamId, change }: { upstreamId: string; change: Change },
): Promise<void> {
  const { id: jobId, customerId, tokenId, endUser, accountId, modelId, createdAtMs } = job;
  const account = await openAccount(deps, accountId);
  const read = await readResult(deps.upstream, deps.clock, { account, upstreamId });
  refuseUnlessKnown(read);
  const checkAtMs = nextCheckMs(job, deps.clock.now());
  const entry = audited(deps.db, change, JOB_STATE);
  if (!(await markRunning(deps.db, { jobId, upstreamId, checkAtMs }, entry))) {
    const other = await findJobByUpstreamId(deps.db, accountId, upstreamId);
    throw new Problem(
      'conflict',
      other === null
        ? 'The job changed during this call. Read it again.'
        : `RunComfy's request ${upstreamId} belongs to the job ${other}.`,
    );
  }
  deps.after(
    rememberOwner(deps, { jobId, customerId, tokenId, endUser, accountId, upstreamId, modelId, createdAtMs }),
  );
  if (read.kind === 'end') {
    await settle(deps, { ...job, state: 'running', upstreamId }, read);
  }
}

function refuseUnlessKnown(read: ResultRead): void {
  if (read.kind === 'no_room') {
    throw noRoom();
  }
  if (read.kind === 'missing' || (read.kind === 'unavailable' && read.status === 403)) {
    const message = 'RunComfy does not know this id on the account of the job';
    throw new Problem('invalid_input', `upstream_id: ${message}.`, {
      errors: [{ path: 'upstream_id', rule: 'exists', message }],
    });
  }
  if (read.kind === 'silent' || read.kind === 'unavailable') {
    throw new Problem('upstream_unavailable', 'RunComfy does not answer, so the id cannot be checked.', {
      retryAfterSeconds: 30,
    });
  }
}
