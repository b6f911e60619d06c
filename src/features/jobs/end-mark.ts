// The mark in KV of a job that ended without RunComfy taking it, for when D1 cannot be written. A mark is an immutable,
// positive fact: it is written only when no further POST can follow. A mark that is missing or late decides nothing.

import type { Runtime } from '../../runtime.ts';
import { isText, oneOf } from '../../lib/guard.ts';
import type { JobId } from '../../lib/ids.ts';
import { isJsonObject } from '../../lib/json.ts';
import { reasonOf } from '../../lib/log.ts';

/**
 * `unsent`: nothing was posted, or each POST was refused for a reason of its account. `refused`: RunComfy refused the job.
 * `reason`: the code of the answer.
 */
export type EndMark = { end: 'unsent' | 'refused'; reason: string };

const isEnd = oneOf(['unsent', 'refused']);

/** A week: the cron reads the mark within minutes of D1's return, and an unknown outcome is given up after a day. */
const KV_TTL_SECONDS = 7 * 24 * 3600;

/** Throws when KV does; the mark may have been written all the same. */
export async function writeEndMark(deps: Runtime, jobId: JobId, { end, reason }: EndMark): Promise<void> {
  await deps.owners.put(kvKey(jobId), JSON.stringify({ end, reason }), { expirationTtl: KV_TTL_SECONDS });
}

/** The mark; null for none, `unreadable` when KV fails, which is not to say that there is none. */
export async function findEndMark(deps: Runtime, jobId: JobId): Promise<EndMark | null | 'unreadable'> {
  try {
    return readMark(await deps.owners.get(kvKey(jobId), 'json'));
  } catch (error) {
    deps.log.warn('kv_read_failed', { job: jobId, reason: reasonOf(error) });
    return 'unreadable';
  }
}

function readMark(value: unknown): EndMark | null {
  if (!isJsonObject(value)) {
    return null;
  }
  const { end, reason } = value;
  return isEnd(end) && isText(reason) ? { end, reason } : null;
}

function kvKey(id: JobId): string {
  return `end:${id}`;
}
