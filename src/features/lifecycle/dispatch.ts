// Sends an admitted job to the upstream account that the gate chose. An account that refuses it for a reason of its own
// (bad token, no balance, too busy) is marked, and the job goes to the next one: each account once, while there is time,
// and only after D1 has confirmed the move. Whatever else RunComfy says is about the job, and is the end of it here.

import { accountBusy, accountRefused } from '../accounts/outcome-store.ts';
import { openSealed } from '../accounts/open.ts';
import { maySend, postLimitMs, tell } from '../jobs/submit-time.ts';
import { moveOn } from '../ledger/move.ts';
import { noAccount } from '../ledger/refusal.ts';
import type { AccountId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/log.ts';
import type { Problem } from '../../lib/problem.ts';
import { submitUpstream } from '../runcomfy/submit.ts';
import type { LifecycleRuntime } from './memory.ts';
import { sentBy, type Admitted, type Outcome, type Refused } from './record-outcome.ts';

export type Order = { modelId: string; body: Uint8Array };

/** What became of the job, and at which account. */
export type Dispatched = { admitted: Admitted; outcome: Outcome };

/** Posts until an account has not refused for itself. Never more than one POST that may have been accepted. */
export async function dispatch(deps: LifecycleRuntime, start: Admitted, order: Order): Promise<Dispatched> {
  let admitted = start;
  const tried = [start.account.id];
  const refusals: Refused[] = [];
  for (;;) {
    const outcome = await post(deps, admitted, order);
    const refused = outcome.kind === 'refused' ? outcome : null;
    if (refused !== null) {
      tellOperator(deps, admitted, refused);
    }
    if (outcome.kind === 'refused' && isOfAccount(outcome)) {
      refusals.push(outcome);
    } else if (outcome.kind !== 'unopened') {
      return { admitted, outcome: outcome.kind === 'unsent' ? (refusalOf(refusals) ?? outcome) : outcome };
    }
    const next = await toNext(deps, admitted, { refused, tried });
    if (next === null) {
      return { admitted, outcome: refusalOf(refusals) ?? nothingOpen() };
    }
    if ('problem' in next) {
      return { admitted, outcome: { kind: 'stopped', problem: next.problem } };
    }
    deps.log.info('job_moved', { job: admitted.hold.jobId, account: next.account.id });
    admitted = { ...admitted, ...next };
    tried.push(next.account.id);
  }
}

type Posted = Exclude<Outcome, { kind: 'stopped' }> | { kind: 'unopened' };

/** One POST, if the account's token opens and there is time. */
async function post(deps: LifecycleRuntime, { account, time }: Admitted, order: Order): Promise<Posted> {
  const opened = await openSealed(deps, account);
  if (opened === null) {
    return { kind: 'unopened' };
  }
  return maySend(time)
    ? submitUpstream(deps.upstream, opened, { ...order, timeoutMs: postLimitMs(time) })
    : { kind: 'unsent' };
}

/** Whether another account may take what this one refused. */
function isOfAccount({ stop, code }: Refused): boolean {
  return stop !== null || code === 'upstream_busy';
}

/** The answer where every account has refused: one that is busy will take the job soonest. */
function refusalOf(refusals: Refused[]): Refused | null {
  const busy = refusals.filter(({ code }) => code === 'upstream_busy');
  return busy.toSorted((a, b) => a.retryAfterSeconds - b.retryAfterSeconds)[0] ?? refusals.at(-1) ?? null;
}

function nothingOpen(): Outcome {
  return { kind: 'stopped', problem: noAccount({ usable: 0, open: 0, waitMs: null }) };
}

type Next = Pick<Admitted, 'account' | 'chosenAtMs'> | { problem: Problem } | null;

/** Marks the account for its refusal and moves the job, in one transaction. Null: no account takes it, or there is no time. */
async function toNext(
  deps: LifecycleRuntime,
  admitted: Admitted,
  { refused, tried }: { refused: Refused | null; tried: AccountId[] },
): Promise<Next> {
  const { db, clock } = deps;
  const { hold, time, account } = admitted;
  const atMs = clock.now();
  const marks = refused === null ? [] : marksOf(db, admitted, { refused, nowMs: atMs });
  const told = (results: D1Result[]) => {
    if (refused !== null && refused.stop !== null && results[0]?.meta.changes === 1) {
      deps.log.error('account_stopped', { account: account.id, outcome: refused.stop });
    }
  };
  if (!maySend(time)) {
    await noteLate(deps, admitted, { marks, told });
    return null;
  }
  const moved = await moveOn(deps, time, { hold, from: account.id, tried, atMs, marks, told });
  switch (moved.kind) {
    case 'moved':
      return { account: moved.account, chosenAtMs: atMs };
    case 'stopped':
      return { problem: moved.problem };
    case 'stays':
      return null;
  }
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
    ? accountBusy(db, sentBy(admitted), { retryAfterMs: retryAfterSeconds * 1000, error, nowMs })
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

function tellOperator({ log }: LifecycleRuntime, { hold, account }: Admitted, refused: Refused): void {
  const { code, status, alarm } = refused;
  const fields = { account: account.id, model: hold.modelId, job: hold.jobId, upstream_status: status };
  if (alarm) {
    log.error('upstream_refused_submit', { ...fields, code });
  } else if (code === 'upstream_busy') {
    log.warn('upstream_busy', fields);
  }
}
