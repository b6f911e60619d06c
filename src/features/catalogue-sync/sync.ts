// Brings RunComfy's catalogue into ours, page by page. Each page is written together with how far the walk is, so a
// walk that is cut off goes on where it was, and nothing is counted twice.

import type { AccountsRuntime } from '../accounts/memory.ts';
import type { CatalogueRuntime } from '../catalogue/memory.ts';
import { Problem } from '../../lib/problem.ts';
import { hasAnyAccount, openAccount } from '../accounts/open.ts';
import { readCataloguePage, type CataloguePage } from '../runcomfy/catalogue.ts';
import type { Account } from '../runcomfy/client.ts';
import { hashSchema } from '../input-schema/schema-hash.ts';
import type { Progress } from './sync-progress.ts';
import { endChange, goneIn, MAX_LISTED, pageChange, reportOf, type Report } from './sync-report.ts';
import { accepts, planGone, planPage, type Accepted } from './sync-plan.ts';
import {
  claimSync,
  finishSync,
  readSync,
  releaseSync,
  writePage,
  type Lease,
  type SyncState,
} from './sync-store.ts';
import type { Runtime } from '../../runtime.ts';
import { findGone, findSynced, listStanding } from './synced-store.ts';

export type SyncRuntime = AccountsRuntime & CatalogueRuntime;

/** A catalogue without an end is none. */
const MAX_PAGES = 500;

/** How much of a walk is done in one go: so many pages of at most `limit` models. */
type Pace = { pages: number; limit: number; untilChange: boolean };

/** 100 is what all known clients of RunComfy's catalogue may ask for at once. */
const WHOLE: Pace = { pages: MAX_PAGES + 1, limit: 100, untilChange: false };
/**
 * 10 ms of CPU, which the free plan gives a run, are enough for six new models, or for thirty of which nothing is new.
 * So a run of the cron ends with the first page that brought something.
 */
const OF_THE_CRON: Pace = { pages: 5, limit: 6, untilChange: true };
const HOUR_MS = 3_600_000;
/** After a failure. */
const AGAIN_MS = 600_000;

export type SyncOrder = {
  /** Model ids whose held changes the operator accepts. */
  accepted: Accepted;
  actor: string;
  traceId: string;
};

/**
 * A whole walk from the start, at the operator's word: to its end, also when the client hangs up. 409 while another one
 * holds the sync.
 */
export function syncCatalogue(deps: SyncRuntime, order: SyncOrder): Promise<Report> {
  const work = walkWhole(deps, order);
  deps.after(Promise.allSettled([work]));
  return work;
}

/** The last report, and how far a walk under way is. */
export function getSync(deps: Runtime): Promise<SyncState> {
  return readSync(deps.db);
}

async function walkWhole(deps: SyncRuntime, order: SyncOrder): Promise<Report> {
  const claimed = await claimSync(deps.db, deps.clock.now(), false);
  const report =
    claimed && (await walk(deps, claimed, { progress: fresh(deps, order, claimed.progress), pace: WHOLE }));
  if (report === null) {
    throw new Problem('conflict', 'Another sync is under way. GET /admin/models/sync tells how far it is.', {
      retryAfterSeconds: 60,
    });
  }
  return report;
}

/** The cron's part: some pages of the walk under way, or of a new one an hour after the last began. */
export async function continueSync(deps: SyncRuntime): Promise<void> {
  if (!(await hasAnyAccount(deps))) {
    return;
  }
  const claimed = await claimSync(deps.db, deps.clock.now(), true);
  if (claimed !== null) {
    const order: SyncOrder = { accepted: [], actor: 'cron', traceId: '' };
    await walk(deps, claimed, { progress: claimed.progress ?? fresh(deps, order, null), pace: OF_THE_CRON });
  }
}

/** A walk from the start. It reports what an unfinished one before it has changed, for that one never will. */
function fresh({ clock }: SyncRuntime, order: SyncOrder, unfinished: Progress | null): Progress {
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

/**
 * As much as the pace allows, and the end if it is part of that. A step that somebody's change overtook is read again.
 * Null: the rest is left for the next call, or taken by another.
 */
async function walk(
  deps: SyncRuntime,
  from: Lease,
  { progress: start, pace }: { progress: Progress; pace: Pace },
): Promise<Report | null> {
  let lease = from;
  let progress = start;
  try {
    const account = await openAccount(deps, 'any');
    for (let read = 0, hasChanged = false; read < pace.pages && !hasChanged; read += 1) {
      const page = await readPage(deps, progress, { account, limit: pace.limit });
      if (page.kind === 'failed') {
        return await fail(deps, lease, { progress, reason: page.reason });
      }
      const next = await takePage(deps, lease, { progress, page });
      if (next === null) {
        return null;
      }
      if (next !== 'moved') {
        ({ lease, progress } = next);
        hasChanged = pace.untilChange && next.hasChanged;
        const end = next.isThrough ? await finish(deps, lease, progress) : 'moved';
        if (end !== 'moved') {
          return end;
        }
      }
    }
  } catch (error) {
    await releaseSync(deps.db, lease).catch(() => {});
    throw error;
  }
  await releaseSync(deps.db, lease);
  return null;
}

async function readPage(
  deps: SyncRuntime,
  { offset, pages }: Progress,
  { account, limit }: { account: Account; limit: number },
): Promise<CataloguePage> {
  return pages < MAX_PAGES
    ? readCataloguePage(deps.upstream, account, { offset, limit })
    : { kind: 'failed', reason: 'it has no end' };
}

type Page = Extract<CataloguePage, { kind: 'page' }>;

type Taken = { lease: Lease; progress: Progress; hasChanged: boolean; isThrough: boolean };

async function takePage(
  deps: SyncRuntime,
  lease: Lease,
  { progress, page }: { progress: Progress; page: Page },
): Promise<Taken | 'moved' | null> {
  if (page.count === 0) {
    return { lease, progress, hasChanged: false, isThrough: true };
  }
  const seen = new Set(progress.seen);
  const entries = page.usable.filter(
    ({ id }, index) => !seen.has(id) && page.usable.findIndex((one) => one.id === id) === index,
  );
  const rows = await findSynced(
    deps.db,
    entries.map(({ id }) => id),
  );
  const isNew = entries.filter(({ id, hash }) => rows.get(id)?.entryHash !== hash);
  const hashes = new Map(
    await Promise.all(isNew.map(async ({ id, inputSchema }) => [id, await hashSchema(inputSchema)] as const)),
  );
  const plan = planPage(entries, rows, { hashes, accepted: progress.accepted });
  for (const { id } of [...entries, ...page.unusable]) {
    if (id !== null) {
      seen.add(id);
    }
  }
  const next: Progress = {
    ...progress,
    offset: progress.offset + page.count,
    total: Math.max(progress.total, page.total),
    pages: progress.pages + 1,
    seen: [...seen],
    added: [...progress.added, ...plan.added],
    changed: [...progress.changed, ...plan.changed].slice(0, MAX_LISTED),
    returned: [...progress.returned, ...plan.returned],
    kept: [...progress.kept, ...plan.kept],
    leftOut: [
      ...progress.leftOut,
      ...page.unusable.map(({ name, reason }) => ({ model_id: name, reason })),
    ].slice(0, MAX_LISTED),
  };
  const nowMs = deps.clock.now();
  const change = pageChange(progress, plan, nowMs);
  const stepped = await writePage(deps.db, lease, { writes: plan.writes, progress: next, nowMs, change });
  for (const { id } of plan.writes) {
    deps.memory.models.delete(id);
  }
  if (stepped === null || stepped === 'moved') {
    return stepped;
  }
  return {
    lease: stepped,
    progress: next,
    hasChanged: plan.writes.length > 0,
    isThrough: next.offset >= next.total,
  };
}

async function finish(deps: SyncRuntime, lease: Lease, progress: Progress): Promise<Report | 'moved' | null> {
  const { startedAtMs } = progress;
  const isFull = progress.seen.length >= progress.total;
  const found = isFull ? await findGone(deps.db, progress.seen) : { gone: [], offered: 0 };
  const accepted = goneIn((await readSync(deps.db)).report).filter((id) => accepts(progress.accepted, id));
  const { missed, withdrawn, held } = planGone(found.gone, { offered: found.offered, accepted });
  const standing = await listStanding(deps.db);
  const nowMs = deps.clock.now();
  const report: Report = {
    ...reportOf(progress, nowMs, { state: 'done', missed, withdrawn, held, standing }),
    full: isFull,
  };
  const stepped = await finishSync(deps.db, lease, {
    report,
    dueAtMs: startedAtMs + HOUR_MS,
    nowMs,
    gone: found.gone,
    missed,
    withdrawn,
    change: endChange(progress, withdrawn, nowMs),
  });
  if (stepped === 'moved') {
    return 'moved';
  }
  withdrawn.forEach((id) => deps.memory.models.delete(id));
  const waiting = held.length + standing.filter(({ heldPrice }) => heldPrice !== null).length;
  if (waiting > 0) {
    deps.log.error('catalogue_held', { count: waiting });
  }
  return stepped && report;
}

async function fail(
  deps: SyncRuntime,
  lease: Lease,
  { progress, reason }: { progress: Progress; reason: string },
): Promise<Report | null> {
  deps.log.error('catalogue_sync_failed', { reason });
  const standing = await listStanding(deps.db);
  const nowMs = deps.clock.now();
  const nothing = { missed: [], withdrawn: [] };
  const report: Report = {
    ...reportOf(progress, nowMs, { state: 'failed', ...nothing, held: [], standing }),
    full: false,
    reason,
  };
  const end = { report, dueAtMs: nowMs + AGAIN_MS, nowMs, gone: [], ...nothing, change: null };
  return (await finishSync(deps.db, lease, end)) && report;
}
