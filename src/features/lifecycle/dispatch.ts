// Sends an admitted job to the upstream account that the gate chose. An account that refuses it for a reason of its own
// (bad token, no balance, too busy) is marked, and the job moves to the next one: each account once, while there is time,
// and only after D1 has confirmed the move. Any other answer of RunComfy is about the job and ends the dispatch.

import { accountBusy, accountRefused } from '../accounts/outcome-store.ts';
import { openSealed } from '../accounts/open.ts';
import { callStore, canPost, postTimeoutMs } from '../jobs/submit-time.ts';
import { moveJob, type Moved } from '../ledger/move.ts';
import { noAccount } from '../ledger/refusal.ts';
import type { AccountId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/log.ts';
import { submitUpstream } from '../runcomfy/submit.ts';
import type { LifecycleRuntime } from './memory.ts';
import { isAccountRefusal, sentBy, type Admitted, type Outcome, type Refused } from './record-outcome.ts';

/** RunComfy's id of the model, and the body as it came. */
type Payload = { modelId: string; body: Uint8Array };

/** The outcome, and the account at which the job was last. */
export type Dispatched = { admitted: Admitted; outcome: Outcome };

/** Posts until an account has not refused for itself. Never more than one POST that may have been accepted. */
export async function dispatch(
  deps: LifecycleRuntime,
  start: Admitted,
  payload: Payload,
): Promise<Dispatched> {
  let admitted = start;
  const tried = [start.account.id];
  const refusals: Refused[] = [];
  for (;;) {
    const outcome = await postTo(deps, admitted, payload);
    const refused = outcome?.kind === 'refused' && isAccountRefusal(outcome) ? outcome : null;
    if (outcome !== null && refused === null) {
      const earlier = outcome.kind === 'unsent' ? bestOf(refusals) : null;
      return { admitted, outcome: earlier ?? outcome };
    }
    refusals.push(...(refused === null ? [] : [refused]));
    const next = await moveToNext(deps, admitted, { refused, tried });
    switch (next.kind) {
      case 'moved':
        deps.log.info('job_moved', { job: admitted.job.jobId, account: next.account.id });
        admitted = { ...admitted, account: next.account, chosenAtMs: next.chosenAtMs };
        tried.push(next.account.id);
        break;
      case 'stays': {
        const problem = noAccount({ usable: 0, open: 0, waitMs: null });
        return { admitted, outcome: bestOf(refusals) ?? { kind: 'stopped', problem } };
      }
      case 'stopped':
        return { admitted, outcome: next };
    }
  }
}

/** One POST, if there is time; null: the account's token does not open. */
async function postTo(deps: LifecycleRuntime, admitted: Admitted, payload: Payload): Promise<Outcome | null> {
  const { job, account, time } = admitted;
  const opened = await openSealed(deps, account);
  if (opened === null) {
    return null;
  }
  if (!canPost(time)) {
    return { kind: 'unsent' };
  }
  const outcome = await submitUpstream(deps.upstream, opened, { ...payload, timeoutMs: postTimeoutMs(time) });
  if (outcome.kind === 'refused') {
    const { code, status, alarm } = outcome;
    const fields = { account: account.id, model: job.modelId, job: job.jobId, upstream_status: status };
    if (alarm) {
      deps.log.error('upstream_refused_submit', { ...fields, code });
    } else if (code === 'upstream_busy') {
      deps.log.warn('upstream_busy', fields);
    }
  }
  return outcome;
}

/** The answer where every account has refused: one that is busy will take the job soonest. */
function bestOf(refusals: Refused[]): Refused | null {
  const busy = refusals.filter(({ code }) => code === 'upstream_busy');
  return busy.toSorted((a, b) => a.retryAfterSeconds - b.retryAfterSeconds)[0] ?? refusals.at(-1) ?? null;
}

type Next = Exclude<Moved, { kind: 'moved' }> | (Extract<Moved, { kind: 'moved' }> & { chosenAtMs: number });

/** Marks the account for its refusal and moves the job, in one transaction. Without time for a POST the job stays. */
async function moveToNext(
  deps: LifecycleRuntime,
  admitted: Admitted,
  { refused, tried }: { refused: Refused | null; tried: AccountId[] },
): Promise<Next> {
  const { db, clock, log } = deps;
  const { job, time, account } = admitted;
  const atMs = clock.now();
  const marks = refused === null ? [] : marksOf(db, admitted, { refused, nowMs: atMs });
  const stop = refused?.stop ?? null;
  const onMarked = (results: D1Result[]) => {
    if (stop !== null && results[0]?.meta.changes === 1) {
      log.error('account_stopped', { account: account.id, outcome: stop });
    }
  };
  if (canPost(time)) {
    const moved = await moveJob(deps, time, { job, from: account.id, tried, atMs, marks, onMarked });
    return moved.kind === 'moved' ? { ...moved, chosenAtMs: atMs } : moved;
  }
  if (marks.length > 0) {
    try {
      onMarked(await callStore(time, () => db.batch(marks)));
    } catch (error) {
      log.error('stop_unrecorded', { account: account.id, reason: reasonOf(error) });
    }
  }
  return { kind: 'stays' };
}

const REASONS = {
  busy: 'too many submits',
  no_balance: 'its balance is spent',
  bad_token: 'its token is refused',
};

function marksOf(
  db: D1Database,
  admitted: Admitted,
  { refused, nowMs }: { refused: Refused; nowMs: number },
): D1PreparedStatement[] {
  const { stop, status, retryAfterSeconds } = refused;
  const error = `RunComfy answered a submit with ${status}: ${REASONS[stop ?? 'busy']}.`;
  if (stop !== null) {
    return [accountRefused(db, admitted.account, { state: stop, error, nowMs })];
  }
  const { sealed } = admitted.account;
  return accountBusy(db, sentBy(admitted), { sealed, retryAfterMs: retryAfterSeconds * 1000, error, nowMs });
}
