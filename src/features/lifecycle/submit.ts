// Submit: check, price, reserve, send once, record what is known. The order is the guarantee: the job and its hold are in
// the books before RunComfy hears of it, and nothing is sent twice.

import { requireModel } from '../catalogue/offered.ts';
import { appraise } from '../intake/appraise.ts';
import { requireQuote } from '../intake/check-input.ts';
import { keepRefusals, noteRefusal } from '../intake/note-refusal.ts';
import { beforePost, submitTime } from '../jobs/submit-time.ts';
import { renewPrincipal } from '../keys/authenticate.ts';
import { idempotencyScope, type Principal } from '../keys/principal.ts';
import { callerLimits } from '../ledger/caller-limits.ts';
import { withoutJob, type LimitReport } from '../ledger/limit-usage.ts';
import { refusalWith } from '../ledger/refusal.ts';
import { returnProbes } from '../media/probe-rate.ts';
import { findTerms } from '../pricing/terms.ts';
import { sha256Hex } from '../../lib/hash.ts';
import type { CallerLimits } from '../../lib/problem.ts';
import { admit } from './admit.ts';
import { dispatch, type Dispatched } from './dispatch.ts';
import type { SubmitRuntime } from './memory.ts';
import { recordOutcome } from './record-outcome.ts';
import { findReplay } from './replay.ts';
import type { Order, Submission, SubmitCall, Submitted } from './submission.ts';

/** Accepts a submit or throws the Problem that says why not. Runs to its end even if the client hangs up. */
export async function submit(
  deps: SubmitRuntime,
  principal: Principal,
  submission: Submission,
): Promise<Submitted> {
  const call = await openCall(deps, principal, submission);
  const replay = await findReplay(deps, call);
  if (replay !== null) {
    return replay;
  }
  const order = await takeOrder(deps, call);
  const admission = await admit(deps, call, order);
  if (admission.kind === 'replayed') {
    return admission.replay;
  }
  if (admission.kind === 'outdated') {
    return submit(deps, await beforePost(call.time, () => renewPrincipal(deps, principal)), submission);
  }
  const { admitted, report, probed, warnings } = admission;
  const payload = { modelId: order.model.upstreamId, body: submission.body };
  const dispatched = await dispatch(deps, admitted, payload);
  const limits = await record(deps, dispatched, report);
  returnProbes(deps, probed);
  return { jobId: admitted.job.jobId, limits, isReplay: false, warnings: [...order.warnings, ...warnings] };
}

async function openCall(
  deps: SubmitRuntime,
  principal: Principal,
  submission: Submission,
): Promise<SubmitCall> {
  keepRefusals(deps);
  const { arrivedAtMs, idempotencyKey: key, body } = submission;
  const time = submitTime(deps.clock, arrivedAtMs);
  const idempotency =
    key === null ? null : { key, scope: idempotencyScope(principal), bodyHash: await sha256Hex(body) };
  return { principal, submission, time, idempotency };
}

/** The input, checked and priced on the caller's terms; one that is refused is noted for the operator. */
async function takeOrder(deps: SubmitRuntime, call: SubmitCall): Promise<Order> {
  const { principal, submission, time } = call;
  const model = await beforePost(time, () => requireModel(deps, principal, submission.modelId));
  const terms = await beforePost(time, () => findTerms(deps, principal, model));
  try {
    const { quoting, ...rest } = await appraise(deps, { principal, model, terms }, submission.body);
    return { model, quote: requireQuote(quoting), ...rest };
  } catch (error) {
    noteRefusal(deps, model, error);
    throw error;
  }
}

/** Records the outcome; returns how the caller's limits stand after it, or throws the refusal with them. */
async function record(
  deps: SubmitRuntime,
  { admitted, outcome }: Dispatched,
  report: LimitReport,
): Promise<CallerLimits> {
  const problem = await recordOutcome(deps, admitted, outcome);
  const { job } = admitted;
  const isHeld = outcome.kind === 'accepted' || outcome.kind === 'unknown';
  const limits = callerLimits(isHeld ? report : withoutJob(report, job.quote.holdMicros), job);
  if (problem !== null) {
    throw refusalWith(limits, problem);
  }
  return limits;
}
