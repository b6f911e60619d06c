// Submit: check, price, reserve, send once, record what is known. The order is the guarantee: the job and its
// hold are in the books before RunComfy hears of it, and nothing is sent twice.

import { checkInput } from '../catalogue/check-input.ts';
import { findOffered } from '../catalogue/offered.ts';
import type { Deps } from '../deps.ts';
import { mayUse, type Principal } from '../keys/principal.ts';
import { reserve } from '../ledger/gate.ts';
import { endHold, type Hold, type Room } from '../ledger/store.ts';
import { newId } from '../lib/ids.ts';
import { reasonOf } from '../lib/log.ts';
import { Problem } from '../lib/problem.ts';
import { withBackoff } from '../lib/retry.ts';
import { ENV_ACCOUNT, getAccount } from '../upstream/account.ts';
import { submitUpstream, type SubmitOutcome } from '../upstream/submit.ts';
import { nextCheckMs, STALE_RESERVED_MS } from './job.ts';
import { rememberOwner } from './owner.ts';
import { markRunning, markUnconfirmed } from './store.ts';

export type Submission = { modelId: string; body: Uint8Array };

/** An accepted submit; `rooms` is how full each limit is with it. */
export type Submitted = { hold: Hold; rooms: Room[] };

const RECORD_TRIES = 4;

/** Accepts a submit or throws the Problem that says why not. Runs to its end even if the client hangs up. */
export async function submit(deps: Deps, principal: Principal, submission: Submission): Promise<Submitted> {
  const { modelId, body } = submission;
  const model = await findOffered(deps, modelId);
  if (!mayUse(principal, modelId)) {
    throw new Problem('model_not_allowed', `This key may not use ${modelId}.`);
  }
  const quoted = checkInput(deps, model, { body, markupE4: principal.markupE4 });
  const account = getAccount(deps, ENV_ACCOUNT);
  const nowMs = deps.clock.now();
  const hold: Hold = {
    jobId: newId('job'),
    customerId: principal.customerId,
    keyId: principal.keyId,
    tokenId: principal.tokenId,
    modelId,
    accountId: ENV_ACCOUNT,
    unitMicros: quoted.unitMicros,
    holdMicros: quoted.holdMicros,
    atMs: nowMs,
    checkAtMs: nowMs + STALE_RESERVED_MS,
  };
  const rooms = await reserve(deps, hold);
  const outcome = await submitUpstream(deps.upstream, account, { modelId, body });
  await record(deps, hold, outcome);
  return { hold, rooms };
}

async function record(deps: Deps, hold: Hold, outcome: SubmitOutcome): Promise<void> {
  switch (outcome.kind) {
    case 'accepted':
      return recordAccepted(deps, hold, outcome.upstreamId);
    case 'refused':
      return recordRefused(deps, hold, outcome);
    case 'unknown':
      return recordUnknown(deps, hold, outcome.status);
  }
}

/** D1 and KV in parallel; either is enough to find the job again, so the answer waits for the first. */
async function recordAccepted(deps: Deps, hold: Hold, upstreamId: string): Promise<void> {
  const { jobId, customerId, tokenId, accountId } = hold;
  const checkAtMs = nextCheckMs({ createdAtMs: hold.atMs }, deps.clock.now());
  const inBooks = withBackoff(deps.clock, RECORD_TRIES, () =>
    markRunning(deps.db, jobId, { upstreamId, checkAtMs }),
  );
  const inCopy = rememberOwner(deps, { jobId, customerId, tokenId, accountId, upstreamId });
  deps.after(Promise.all([inBooks, inCopy]));
  try {
    await Promise.any([inBooks, inCopy]);
  } catch (error) {
    deps.log.error('accepted_but_unrecorded', { job: jobId, account: accountId, upstream_id: upstreamId });
    throw unknownOutcome(hold, 'RunComfy took the job, but no store could note its id.', error);
  }
}

async function recordRefused(
  deps: Deps,
  hold: Hold,
  outcome: Extract<SubmitOutcome, { kind: 'refused' }>,
): Promise<void> {
  if (outcome.alarm) {
    const { accountId, modelId, jobId } = hold;
    const fields = { account: accountId, model: modelId, job: jobId, upstream_status: outcome.status };
    deps.log.error('upstream_refused_submit', { ...fields, code: outcome.code });
  }
  await withBackoff(deps.clock, RECORD_TRIES, () =>
    endHold(deps.db, {
      jobId: hold.jobId,
      state: 'refused',
      chargeMicros: 0,
      atMs: deps.clock.now(),
      upstreamId: null,
      costMicros: null,
      result: null,
    }),
  ).catch((error: unknown) => {
    deps.log.error('refusal_unrecorded', { job: hold.jobId, reason: reasonOf(error) });
  });
  throw refusedBy(outcome);
}

async function recordUnknown(deps: Deps, hold: Hold, status: number | null): Promise<void> {
  deps.log.error('submit_outcome_unknown', {
    job: hold.jobId,
    account: hold.accountId,
    ...(status === null ? {} : { upstream_status: status }),
  });
  const checkAtMs = deps.clock.now() + STALE_RESERVED_MS;
  // Should this fail, the cron finds the stale `reserved` row and does the same.
  deps.after(withBackoff(deps.clock, RECORD_TRIES, () => markUnconfirmed(deps.db, hold.jobId, checkAtMs)));
  throw unknownOutcome(hold, 'RunComfy did not say whether it took the job.');
}

function unknownOutcome(hold: Hold, what: string, cause?: unknown): Problem {
  return new Problem(
    'outcome_unknown',
    `${what} It may be running and is not sent again; its hold stays until that is known. ` +
      `Ask for the status of ${hold.jobId} before you submit it once more.`,
    { jobId: hold.jobId, cause },
  );
}

function refusedBy(outcome: Extract<SubmitOutcome, { kind: 'refused' }>): Problem {
  switch (outcome.code) {
    case 'invalid_input': {
      const said = outcome.message === null ? '' : ` It said: ${outcome.message.slice(0, 300)}`;
      return new Problem('invalid_input', `RunComfy refused the input; nothing was spent.${said}`);
    }
    case 'model_unavailable':
      return new Problem('model_unavailable', 'RunComfy does not offer this model now. Nothing was spent.');
    case 'upstream_unavailable':
      return new Problem('upstream_unavailable', 'RunComfy takes no jobs for now. Nothing was spent.', {
        retryAfterSeconds: 30,
      });
  }
}
