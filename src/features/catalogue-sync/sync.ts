// Syncs RunComfy's catalogue into ours, at the operator's request and by the cron. One walk at a time reads it page by
// page; a walk that was cut off continues where it stopped.

import { hasAnyAccount } from '../accounts/open.ts';
import { Problem } from '../../lib/problem.ts';
import type { Runtime } from '../../runtime.ts';
import type { Accepted } from './sync-plan.ts';
import type { Progress } from './sync-progress.ts';
import type { Report } from './sync-report.ts';
import { claimSync, readSync, type SyncState } from './sync-store.ts';
import { MAX_PAGES, walk, type Pace, type SyncRuntime } from './sync-walk.ts';

/** 100 is the largest page that all known clients of RunComfy's catalogue ask for. */
const WHOLE_CATALOGUE: Pace = { pages: MAX_PAGES + 1, limit: 100, untilChange: false };
/**
 * 10 ms of CPU, which the free plan allows a run, are enough for six new models, or for thirty that have not changed. So
 * a run of the cron ends with the first page that changed something.
 */
const CRON_PACE: Pace = { pages: 5, limit: 6, untilChange: true };

export type SyncOrder = {
  /** Ids of models whose held changes the operator accepts. */
  accepted: Accepted;
  actor: string;
  traceId: string;
};

/**
 * Reads the whole catalogue for the operator, to the end even if the client disconnects. 409 while another sync is
 * under way.
 */
export function syncCatalogue(deps: SyncRuntime, order: SyncOrder): Promise<Report> {
  const work = walkWhole(deps, order);
  deps.after(Promise.allSettled([work]));
  return work;
}

/** The last report, and the progress of a walk under way. */
export function getSync(deps: Runtime): Promise<SyncState> {
  return readSync(deps.db);
}

async function walkWhole(deps: SyncRuntime, order: SyncOrder): Promise<Report> {
  const claimed = await claimSync(deps.db, deps.clock.now(), false);
  if (claimed !== null) {
    const progress = newWalk(deps, order, claimed.progress);
    const report = await walk(deps, claimed, { progress, pace: WHOLE_CATALOGUE });
    if (report !== null) {
      return report;
    }
  }
  throw new Problem('conflict', 'Another sync is under way. GET /admin/models/sync shows its progress.', {
    retryAfterSeconds: 60,
  });
}

/** The cron's part: some pages of the walk under way, or of a new one an hour after the last one began. */
export async function continueSync(deps: SyncRuntime): Promise<void> {
  if (!(await hasAnyAccount(deps))) {
    return;
  }
  const claimed = await claimSync(deps.db, deps.clock.now(), true);
  if (claimed !== null) {
    const order: SyncOrder = { accepted: [], actor: 'cron', traceId: '' };
    await walk(deps, claimed, { progress: claimed.progress ?? newWalk(deps, order, null), pace: CRON_PACE });
  }
}

/** A walk from the start. It reports the changes of an unfinished walk before it, which never will. */
function newWalk({ clock }: SyncRuntime, order: SyncOrder, unfinished: Progress | null): Progress {
  return {
    ...order,
    startedAtMs: clock.now(),
    offset: 0,
    total: 0,
    pages: 0,
    seen: [],
    added: unfinished?.added ?? [],
    changed: unfinished?.changed ?? [],
    returned: unfinished?.returned ?? [],
    kept: [],
    leftOut: [],
  };
}
