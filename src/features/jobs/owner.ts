// The owner of a job: isolate memory, then KV, then D1. Ownership never changes, so a confirmed copy may be missing or
// late but never wrong; a miss in KV therefore decides nothing. A provisional copy was written before D1 had the upstream
// id. Its id may be another job's, which D1 alone knows, so such a copy answers nothing until the row was read.

import type { JobsRuntime } from './memory.ts';
import { presentedKey, sees, type Principal } from '../keys/principal.ts';
import { isNumber, isText, orAbsent, orNull } from '../../lib/guard.ts';
import { isAccountId, isCustomerId, isJobId, isTokenId, type JobId, type KeyId } from '../../lib/ids.ts';
import { isJsonObject } from '../../lib/json.ts';
import { reasonOf } from '../../lib/log.ts';
import type { Runtime } from '../../runtime.ts';
import { noteMissingJob, requireJobLookUp } from '../shield/shield.ts';
import { nextCheckMs, noSuchJob, type Job, type Owned } from './job.ts';
import { findJob, findJobByUpstreamId, markRunning } from './store.ts';

/** `owned` is null while no upstream id is known; `job` is the row, if D1 had to be read. */
export type Found = { jobId: JobId; owned: Owned | null; job: Job | null };

/** `owned` is null for a provisional copy: only D1 knows if the upstream id is this job's. */
export type OwnerCopy = { upstreamId: string; owned: Owned | null };

/** KV has copies of jobs that are not older, whenever the copy was written; D1 has the row of each job. */
export const COPIES_LAST_MS = 30 * 24 * 3_600_000;
/** KV's minimum. */
const LEAST_TTL_SECONDS = 60;

/**
 * Finds a job of the caller. A malformed, a missing and a foreign id are the same 404; a browser token sees the jobs that
 * it started, or those of its end user.
 */
export async function getOwned(deps: JobsRuntime, principal: Principal, id: string): Promise<Found> {
  const found = isJobId(id) ? await find(deps, id, presentedKey(principal)) : null;
  const owner = found?.job ?? found?.owned ?? null;
  if (found === null || owner === null || !sees(principal, owner)) {
    throw noSuchJob();
  }
  const { job, claimed } = found;
  const isClaimed = job !== null && claimed !== null && (await claimUpstreamId(deps, job, claimed));
  return isClaimed ? confirm(deps, job, claimed) : found;
}

/**
 * Writes an upstream id that only KV has into the row. False if the row does not have it after that: the job has ended, or
 * the id is another job's. One upstream job is never two of ours, so nothing is answered or done in its name.
 */
export async function claimUpstreamId(deps: Runtime, job: Job, upstreamId: string): Promise<boolean> {
  const checkAtMs = nextCheckMs(job, deps.clock.now());
  const isMarked = await markRunning(deps.db, { jobId: job.id, upstreamId, checkAtMs });
  return isMarked || (await findJobByUpstreamId(deps.db, job.accountId, upstreamId)) === job.id;
}

/** Copies the owner to the edge once D1 has the upstream id. A failure does no harm: D1 has the row. */
export async function rememberOwner(deps: JobsRuntime, owned: Owned): Promise<void> {
  deps.memory.owners.set(owned.jobId, owned, deps.clock.now());
  await writeCopy(deps, owned, { isConfirmed: true }).catch((error: unknown) =>
    deps.log.warn('kv_write_failed', { job: owned.jobId, reason: reasonOf(error) }),
  );
}

/** Throws when KV does; the copy may have been written all the same. An old job gets none: D1 is asked for it. */
export async function writeCopy(
  deps: Runtime,
  owned: Owned,
  { isConfirmed }: { isConfirmed: boolean },
): Promise<void> {
  const expirationTtl = Math.floor((owned.createdAtMs + COPIES_LAST_MS - deps.clock.now()) / 1000);
  if (expirationTtl < LEAST_TTL_SECONDS) {
    return;
  }
  const value = {
    customer: owned.customerId,
    token: owned.tokenId,
    ...(owned.endUser === '' ? {} : { end_user: owned.endUser }),
    account: owned.accountId,
    upstream: owned.upstreamId,
    model: owned.modelId,
    created: owned.createdAtMs,
    confirmed: isConfirmed,
  };
  await deps.owners.put(kvKey(owned.jobId), JSON.stringify(value), { expirationTtl });
}

/** Deletes the copy of a job whose customer is erased. Throws when KV does. */
export async function forgetOwner(deps: Runtime, id: JobId): Promise<void> {
  await deps.owners.delete(kvKey(id));
}

/** The copy in KV; `unreadable` when KV fails, which is not to say that there is none. */
export async function findCopy(deps: Runtime, id: JobId): Promise<OwnerCopy | null | 'unreadable'> {
  try {
    return readCopy(id, await deps.owners.get(kvKey(id), 'json'));
  } catch (error) {
    deps.log.warn('kv_read_failed', { job: id, reason: reasonOf(error) });
    return 'unreadable';
  }
}

/** Reads what `writeCopy` wrote; null for anything else. Old copies do not say that they are confirmed. */
function readCopy(jobId: JobId, value: unknown): OwnerCopy | null {
  if (!isJsonObject(value)) {
    return null;
  }
  const { upstream, confirmed } = value;
  if (!isText(upstream) || upstream === '') {
    return null;
  }
  return { upstreamId: upstream, owned: confirmed === true ? ownedOf(jobId, upstream, value) : null };
}

function ownedOf(jobId: JobId, upstreamId: string, copy: Record<string, unknown>): Owned | null {
  const { customer, token, end_user: endUser, account, model, created } = copy;
  const isOwner = isCustomerId(customer) && isTokenId(token) && isAccountId(account);
  return isOwner && orAbsent(isText)(endUser) && orNull(isText)(model) && isNumber(created)
    ? {
        jobId,
        customerId: customer,
        tokenId: token,
        endUser: endUser ?? '',
        accountId: account,
        upstreamId,
        modelId: model,
        createdAtMs: created,
      }
    : null;
}

/** Reads the owner from KV ahead of `getOwned`, unless this isolate knows it. */
export async function prefetchOwner(deps: JobsRuntime, id: string): Promise<void> {
  const nowMs = deps.clock.now();
  if (isJobId(id) && deps.memory.owners.get(id, nowMs) === undefined) {
    const copy = await findCopy(deps, id);
    if (copy === null) {
      deps.memory.uncopied.set(id, true, nowMs);
    } else if (copy !== 'unreadable' && copy.owned !== null) {
      deps.memory.owners.set(id, copy.owned, nowMs);
    }
  }
}

/** `claimed`: the upstream id of a provisional copy, where the row has none. */
type LookedUp = Found & { claimed: string | null };

async function find(deps: JobsRuntime, id: JobId, asker: KeyId): Promise<LookedUp | null> {
  const now = deps.clock.now();
  const remembered = deps.memory.owners.get(id, now);
  if (remembered !== undefined) {
    return { jobId: id, owned: remembered, job: null, claimed: null };
  }
  if (deps.memory.missing.get(id, now) !== undefined) {
    return null;
  }
  const isUncopied = deps.memory.uncopied.get(id, now) !== undefined;
  const read = isUncopied ? null : await findCopy(deps, id);
  const copy = read === 'unreadable' ? null : read;
  const owned = copy?.owned ?? null;
  if (owned !== null) {
    deps.memory.owners.set(id, owned, now);
    return { jobId: id, owned, job: null, claimed: null };
  }
  await requireJobLookUp(deps, asker);
  const job = await findJob(deps.db, id);
  if (job === null) {
    noteMissingJob(deps, asker);
    deps.memory.missing.set(id, true, deps.clock.now());
    return null;
  }
  return job.upstreamId === null
    ? { jobId: id, owned: null, job, claimed: copy?.upstreamId ?? null }
    : confirm(deps, job, job.upstreamId);
}

/** A job whose row has the upstream id; the copy in KV is confirmed behind the answer. */
function confirm(deps: JobsRuntime, job: Job, upstreamId: string): LookedUp {
  const { id: jobId, customerId, tokenId, endUser, accountId, modelId, createdAtMs } = job;
  const owned: Owned = { jobId, customerId, tokenId, endUser, accountId, upstreamId, modelId, createdAtMs };
  deps.after(rememberOwner(deps, owned));
  return { jobId, owned, job, claimed: null };
}

function kvKey(id: JobId): string {
  return `job:${id}`;
}
