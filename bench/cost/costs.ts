// What the calls, the jobs and the cron of docs/cost.md use, put together from the inputs.

import {
  CALLS,
  CRON_RUNS_A_DAY,
  JOBS,
  SYNC_A_DAY,
  SYNC_RUNS_A_DAY,
  type CallName,
  type JobKind,
} from './calls.ts';
import { usageOf, type Inputs } from './inputs.ts';
import { total, type Usage } from './meters.ts';

export type JobCost = { kind: JobKind; usage: Usage };
export type Costs = {
  inputs: Inputs;
  call: (name: CallName) => Usage;
  jobs: JobCost[];
  /** What runs without any customer. */
  idleDay: Usage;
  idleMonth: Usage;
};

const DAYS_A_MONTH = 30;

export function costsOf(inputs: Inputs): Costs {
  const call = (name: CallName) => usageOf(CALLS[name], inputs);
  const jobs = JOBS.map((kind) => ({
    kind,
    usage: total(kind.calls.map(([name, times]) => ({ usage: call(name), times }))),
  }));
  const sync: Usage = {
    ...SYNC_A_DAY,
    requests: SYNC_RUNS_A_DAY,
    kvReads: 0,
    kvWrites: 0,
    logEvents: 0,
  };
  const idleDay = total([
    { usage: call('cron, nothing due'), times: CRON_RUNS_A_DAY },
    { usage: sync, times: 1 },
  ]);
  return { inputs, call, jobs, idleDay, idleMonth: total([{ usage: idleDay, times: DAYS_A_MONTH }]) };
}
