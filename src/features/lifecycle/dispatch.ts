// Sends an admitted job to the upstream account that the gate chose. An account that refuses it for a reason of its own
// (bad token, no balance, too busy) is marked, and the job goes to the next one: each account once, while there is time,
// and only after D1 has confirmed the move. Whatever else RunComfy says is about the job, and is the end of it here.

import { accountBusy, accountRefused } from '../accounts/outcome-store.ts';
import { openSealed } from '../accounts/open.ts';
import { maySend, postLimitMs, tell } from '../jobs/submit-time.ts';
import { moveOn, type Moved } from '../ledger/move.ts';
import { noAccount } from '../ledger/refusal.ts';
import type { AccountId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/log.ts';
import { submitUpstream } from '../runcomfy/submit.ts';
import type { LifecycleRuntime } from './memory.ts';
import { isOfAccount, sentBy, type Admitted, type Outcome, type Refused } from './record-outcome.ts';

export type Order = { modelId: string; body: Uint8Array };

/** What became of the job, and at which account. */
export type Dispatched = { admitted: Admitted; outcome: Outcome };

/** Posts until an account has not refused for itself. Never more than one POST that may have been accepted. */
export async function dispatch(deps: LifecycleRuntime, start: Admitted, order: Order): Promise<Dispatched> {
  let admitted = start;
  const tried = [start.account.id];
  const refusals: Refused[] = [];
  for (;;) {
    const asked = await askAccount(deps, admitted, order);
    if (asked.kind === 'over') {
      const late = asked.outcome.kind === 'unsent' ? refusalOf(refusals) : null;
      return { admitted, outcome: late ?? asked.outcome };
    }
    refusals.push(...asked.refusals);
    const next = await toNext(deps, admitted, { refused: asked.refusals[0], tried });
    switch (next.kind) {
      case 'moved':
        deps.log.info('job_moved', { job: admitted.job.jobId, account: next.account.id });
        admitted = { ...admitted, account: next.account, chosenAtMs: next.chosenAtMs };
        tried.push(next.account.id);
        break;
      case 'stays':
        return { admitted, outcome: refusalOf(refusals) ?? nothingOpen() };
      case 'stopped':
        return { admitted, outcome: next };
    }
  }
}

/** `not this one`: the account has refused for itself, or, without a refusal, its token does not open. */
type Asked = { kind: 'over'; outcome: Outcome } | { kind: 'not this one'; refusals: [] | [Refused] };

/** One POST, if the account's token opens and there is time. */
async function askAccount(deps: LifecycleRuntime, admitted: Admitted, order: Order): Promise<Asked> {
  const { account, time } = admitted;
  const opened = await openSealed(deps, account);
  if (opened === null) {
    return { kind: 'not this one', refusals: [] };
  }
  const outcome: Outcome = maySend(time)
    ? await submitUpstream(deps.upstream, opened, { ...order, timeoutMs: postLimitMs(time) })
    : { kind: 'unsent' };
  if (outcome.kind !== 'refused') {
    return { kind: 'over', outcome };
  }
  tellOperator(deps, admitted, outcome);
  return isOfAccount(outcome) ? { kind: 'not this one', refusals: [outcome] } : { kind: 'over', outcome };
}

/** The answer where every account has refused: one that is busy will take the job soonest. */
function refusalOf(refusals: Refused[]): Refused | null {
  const busy = refusals.filter(({ code }) => code === 'upstream_busy');
  return busy.toSorted((a, b) => a.retryAfterSeconds - b.retryAfterSeconds)[0] ?? refusals.at(-1) ?? null;
}

function nothingOpen(): Outcome {
  return { kind: 'stopped', problem: noAccount({ usable: 0, open: 0, waitMs: null }) };
}

type Next = Exclude<Moved, { kind: 'moved' }> | (Extract<Moved, { kind: 'moved' }> & { chosenAtMs: number });

/** Marks the account for its refusal and moves the job, in one transaction. Without time for a POST the job stays. */
async function toNext(
  deps: LifecycleRuntime,
  admitted: Admitted,
  { refused, tried }: { refused: Refused | undefined; tried: AccountId[] },
): Promise<Next> {
  const { db, clock } = deps;
  const { job, time, account } = admitted;
  const atMs = clock.now();
  const marks = refused === undefined ? [] : marksOf(db, admitted, { refused, nowMs: atMs });
  const told = (results: D1Result[]) => {
    const stop = refused?.stop ?? null;
    if (stop !== null && results[0]?.meta.changes === 1) {
      deps.log.error('account_stopped', { account: account.id, outcome: stop });
    }
  };
  if (!maySend(time)) {
    await noteLate(deps, admitted, { marks, told });
    return { kind: 'stays' };
  }
  const moved = await moveOn(deps, time, { job, from: account.id, tried, atMs, marks, told });
  return moved.kind === 'moved' ? { ...moved, chosenAtMs: atMs } : moved;
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
  return stop === null
    ? accountBusy(db, sentBy(admitted), {
        sealed: admitted.account.sealed,
        retryAfterMs: retryAfterSeconds * 1000,
        error,
        nowMs,
      })
    : [accountRefused(db, admitted.account, { state: stop, error, nowMs })];
}

type Late = { marks: D1PreparedStatement[]; told: (results: D1Result[]) => void };

async function noteLate(
  { db, log }: LifecycleRuntime,
  { account, time }: Admitted,
  { marks, told }: Late,
): Promise<void> {
  if (marks.length === 0) {
    return;
  }
  try {
    told(await tell(time, () => db.batch(marks)));
  } catch (error) {
    log.error('stop_unrecorded', { account: account.id, reason: reasonOf(error) });
  }
}

function tellOperator({ log }: LifecycleRuntime, { job, account }: Admitted, refused: Refused): void {
  const { code, status, alarm } = refused;
  const fields = { account: account.id, model: job.modelId, job: job.jobId, upstream_status: status };
  if (alarm) {
    log.error('upstream_refused_submit', { ...fields, code });
  } else if (code === 'upstream_busy') {
    log.warn('upstream_busy', fields);
  }
}
