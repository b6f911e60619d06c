// Observe a job: learn its end from RunComfy's /result and settle it. The one path to a settlement, taken by
// status, result, cancel and the cron alike. /status never says «failed», so only /result is believed.

import type { Deps } from '../deps.ts';
import { endHold } from '../ledger/store.ts';
import { getAccount } from '../upstream/account.ts';
import { readResult, type ResultRead } from '../upstream/reads.ts';
import { roundUsd } from '../lib/money.ts';
import { chargeFor, isEnded, type JobResult, type Owned } from './job.ts';
import { findJob } from './store.ts';

/** Results up to this many characters are kept; a larger one is asked of RunComfy again. */
const MAX_RESULT_CHARS = 32 * 1024;

/** Asks /result, and settles if it tells of an end. Ten at once settle once: the ledger's guard sees to that. */
export async function observe(deps: Deps, owned: Owned): Promise<ResultRead> {
  const account = getAccount(deps, owned.accountId);
  const read = await readResult(deps.upstream, deps.clock, { account, upstreamId: owned.upstreamId });
  if (read.kind === 'end') {
    await conclude(deps, owned, read);
  }
  return read;
}

/** Books the end that /result told of. */
export async function conclude(
  deps: Deps,
  owned: Owned,
  end: { result: JobResult; costUsd: number | null },
): Promise<void> {
  if (deps.memory.ended.get(owned.jobId, deps.clock.now()) !== undefined) {
    return;
  }
  const job = await findJob(deps.db, owned.jobId);
  if (job === null) {
    return;
  }
  const nowMs = deps.clock.now();
  const kept = keep(end.result);
  if (!isEnded(job.state)) {
    await endHold(deps.db, {
      jobId: job.id,
      state: end.result.state,
      chargeMicros: chargeFor(job, end.result.state),
      atMs: nowMs,
      upstreamId: owned.upstreamId,
      costMicros: roundUsd(end.costUsd),
      result: kept?.text ?? null,
    });
    deps.log.info('job_ended', { job: job.id, outcome: end.result.state });
  }
  // What is too large for the books is too large for the isolate's memory as well.
  const chargeMicros = job.chargeMicros ?? chargeFor(job, end.result.state);
  deps.memory.ended.set(
    job.id,
    { state: end.result.state, result: kept?.result ?? null, chargeMicros },
    nowMs,
  );
}

/** The result as it is kept: whole, without the echoed input if that makes it fit, or not at all. */
function keep(whole: JobResult): { result: JobResult; text: string } | null {
  const { input: _input, ...rest } = whole;
  const versions = [whole, rest].map((result) => ({ result, text: JSON.stringify(result) }));
  return versions.find(({ text }) => text.length <= MAX_RESULT_CHARS) ?? null;
}
