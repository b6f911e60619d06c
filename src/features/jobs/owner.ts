// Who owns a job: isolate memory, then KV, then D1. Ownership never changes, so a copy may be missing or late
// but never wrong; a miss in KV therefore decides nothing.

import type { JobsRuntime } from './memory.ts';
import type { Principal } from '../keys/principal.ts';
import { isNumber, isText, orNull } from '../../lib/guard.ts';
import { isAccountId, isCustomerId, isJobId, isTokenId, type JobId } from '../../lib/ids.ts';
import { isJsonObject } from '../../lib/json.ts';
import { reasonOf } from '../../lib/log.ts';
import { noSuchJob, type Job, type Owned } from './job.ts';
import { findJob, findJobByUpstreamId } from './store.ts';

/** `owned` is null while no upstream id is known; `job` is the row, if the books had to be asked. */
export type Found = { jobId: JobId; owned: Owned | null; job: Job | null };

// KV keeps copies for a month; D1 has them for as long as the job's row lives.
const KV_TTL_SECONDS = 30 * 24 * 3600;

/**
 * The job behind an id, if it is the caller's. A malformed, a missing and a foreign id are the same 404;
 * a browser token sees only what it started itself.
 */
export async function getOwned(deps: JobsRuntime, principal: Principal, id: string): Promise<Found> {
  const found = isJobId(id) ? await find(deps, id) : null;
  const owner = found?.job ?? found?.owned ?? null;
  const isTheirs =
    owner !== null &&
    owner.customerId === principal.customerId &&
    (principal.tokenId === '' || owner.tokenId === principal.tokenId);
  if (found === null || !isTheirs) {
    throw noSuchJob();
  }
  return found;
}

/** Writes the copy for the edge; throws when KV does. */
export async function rememberOwner(deps: JobsRuntime, owned: Owned): Promise<void> {
  deps.memory.owners.set(owned.jobId, owned, deps.clock.now());
  const value = {
    customer: owned.customerId,
    token: owned.tokenId,
    account: owned.accountId,
    upstream: owned.upstreamId,
    model: owned.modelId,
    created: owned.createdAtMs,
  };
  await deps.owners.put(kvKey(owned.jobId), JSON.stringify(value), { expirationTtl: KV_TTL_SECONDS });
}

/** Takes the copy back; other isolates may have read it. */
export async function forgetOwner(deps: JobsRuntime, jobId: JobId): Promise<void> {
  deps.memory.owners.delete(jobId);
  await deps.owners.delete(kvKey(jobId));
}

/** Whether the books know the upstream id as that of another job: one upstream job is never two of ours. */
export async function isAnothers(
  deps: JobsRuntime,
  { jobId, accountId, upstreamId }: Pick<Owned, 'jobId' | 'accountId' | 'upstreamId'>,
): Promise<boolean> {
  const holder = await findJobByUpstreamId(deps.db, accountId, upstreamId);
  return holder !== null && holder !== jobId;
}

/** The copy in KV; `unreadable` when KV fails, which is not to say that there is none. */
export async function findCopy(deps: JobsRuntime, id: JobId): Promise<Owned | null | 'unreadable'> {
  try {
    return readCopy(id, await deps.owners.get(kvKey(id), 'json'));
  } catch (error) {
    deps.log.warn('kv_read_failed', { job: id, reason: reasonOf(error) });
    return 'unreadable';
  }
}

/** What `rememberOwner` wrote, or null for anything else. The model is missing in old copies. */
function readCopy(jobId: JobId, value: unknown): Owned | null {
  if (!isJsonObject(value)) {
    return null;
  }
  const { customer, token, account, upstream, model = null, created } = value;
  if (!isCustomerId(customer) || !isTokenId(token) || !isAccountId(account)) {
    return null;
  }
  return isText(upstream) && upstream !== '' && orNull(isText)(model) && isNumber(created)
    ? {
        jobId,
        customerId: customer,
        tokenId: token,
        accountId: account,
        upstreamId: upstream,
        modelId: model,
        createdAtMs: created,
      }
    : null;
}

async function find(deps: JobsRuntime, id: JobId): Promise<Found | null> {
  const now = deps.clock.now();
  const remembered = deps.memory.owners.get(id, now);
  if (remembered !== undefined) {
    return { jobId: id, owned: remembered, job: null };
  }
  if (deps.memory.missing.get(id, now) !== undefined) {
    return null;
  }
  const copied = await findCopy(deps, id);
  if (copied !== null && copied !== 'unreadable') {
    deps.memory.owners.set(id, copied, now);
    return { jobId: id, owned: copied, job: null };
  }
  return findInBooks(deps, id);
}

async function findInBooks(deps: JobsRuntime, id: JobId): Promise<Found | null> {
  const job = await findJob(deps.db, id);
  if (job === null) {
    deps.memory.missing.set(id, true, deps.clock.now());
    return null;
  }
  const { customerId, tokenId, accountId, upstreamId, modelId, createdAtMs } = job;
  if (upstreamId === null) {
    return { jobId: id, owned: null, job };
  }
  const owned: Owned = { jobId: id, customerId, tokenId, accountId, upstreamId, modelId, createdAtMs };
  deps.after(rememberOwner(deps, owned));
  return { jobId: id, owned, job };
}

function kvKey(id: JobId): string {
  return `job:${id}`;
}
