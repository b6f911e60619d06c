// Books the findings of the cron's checks in sets. A set that fails is halved until only the job fails whose books do not
// add up: nobody's books keep the others open. A job that is not booked is checked again.

import { reasonOf } from '../../lib/log.ts';
import { bookCosts, noteOpen, type LateCost, type Open } from '../jobs/progress-store.ts';
import { END_STATEMENTS, endJobs } from '../ledger/end-jobs.ts';
import type { JobEnd } from '../ledger/job-end.ts';
import type { EndMark } from '../jobs/end-mark.ts';
import type { Job } from '../jobs/job.ts';
import type { Finding, Run } from './check-jobs.ts';
import { logEnd } from './settle.ts';

type Ending = { job: Job; end: JobEnd; mark?: EndMark | undefined };

const MOST_AT_ONCE = 50;
/** The finding of one job waits no longer for slow checks of others. */
const LONGEST_WAIT_MS = 10_000;
/** Characters of results in one list: D1 takes values of up to 2 MB, and a character is up to three bytes. */
const MOST_RESULT_CHARS = 600_000;

export type Bookings = {
  /** A check is over; null: it has nothing to write. */
  add: (finding: Finding | null) => void;
  /** Waits until everything is booked, or the log says what was not. */
  finish: () => Promise<void>;
};

/** Books in the background, one set after the other, while further jobs are checked. */
export function createBookings(run: Run): Bookings {
  const { clock } = run.deps;
  let waiting: Finding[] = [];
  let sinceMs = 0;
  let work = Promise.resolve();
  function start(): void {
    const findings = waiting;
    waiting = [];
    work = work.then(() => book(run, findings));
  }
  return {
    add(finding) {
      if (finding !== null) {
        sinceMs = waiting.length === 0 ? clock.now() : sinceMs;
        waiting.push(finding);
      }
      const isOld = waiting.length > 0 && clock.now() - sinceMs >= LONGEST_WAIT_MS;
      if (isOld || waiting.length === MOST_AT_ONCE) {
        start();
      }
    },
    async finish() {
      start();
      await work;
    },
  };
}

async function book(run: Run, findings: Finding[]): Promise<void> {
  const endings: Ending[] = [];
  const costs: LateCost[] = [];
  const open: Open[] = [];
  for (const finding of findings) {
    switch (finding.kind) {
      case 'end':
        endings.push(finding);
        break;
      case 'cost':
        costs.push(finding.cost);
        break;
      case 'open':
        open.push(finding.open);
        break;
    }
  }
  for (const set of setsOf(endings)) {
    await endAll(run, set);
  }
  const { db, clock } = run.deps;
  await inOneGo(run, costs, () => bookCosts(db, costs, clock.now()));
  await inOneGo(run, open, () => noteOpen(db, open));
}

async function endAll(run: Run, endings: Ending[]): Promise<void> {
  const { deps, budget } = run;
  if (!budget.query(END_STATEMENTS)) {
    return;
  }
  try {
    const ends = endings.map(({ end }) => end);
    const changed = await endJobs(deps, ends);
    endings.filter(({ job }) => changed.has(job.id)).forEach((ending) => logEnding(run, ending));
  } catch (error) {
    const [only, other] = endings;
    if (only !== undefined && other === undefined) {
      deps.log.warn('reconcile_failed', { job: only.job.id, reason: reasonOf(error) });
      return;
    }
    const half = Math.ceil(endings.length / 2);
    await endAll(run, endings.slice(0, half));
    await endAll(run, endings.slice(half));
  }
}

function logEnding({ deps: { log } }: Run, { job, end, mark }: Ending): void {
  switch (end.state) {
    case 'lost':
      return log.error('job_lost', { job: job.id, account: job.accountId });
    case 'refused':
      return log.info('job_refused', {
        job: job.id,
        ...(mark === undefined ? {} : { outcome: mark.end, reason: mark.reason }),
      });
    default:
      return logEnd(log, job, end);
  }
}

/** Lists that fit into one value of D1. */
function setsOf(endings: Ending[]): Ending[][] {
  const sets: Ending[][] = [];
  let set: Ending[] = [];
  let chars = 0;
  for (const ending of endings) {
    const length = ending.end.result?.length ?? 0;
    if (set.length > 0 && chars + length > MOST_RESULT_CHARS) {
      sets.push(set);
      set = [];
      chars = 0;
    }
    set.push(ending);
    chars += length;
  }
  return set.length === 0 ? sets : [...sets, set];
}

async function inOneGo(run: Run, list: unknown[], write: () => Promise<void>): Promise<void> {
  if (list.length === 0 || !run.budget.query(1)) {
    return;
  }
  try {
    await write();
  } catch (error) {
    run.deps.log.warn('reconcile_failed', { count: list.length, reason: reasonOf(error) });
  }
}
