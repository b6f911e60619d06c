// Walks through RunComfy's catalogue. Each page is written together with the progress of the walk, so a walk that is cut
// off continues where it stopped, and nothing is counted twice.

import type { AccountsRuntime } from '../accounts/memory.ts';
import type { CatalogueRuntime } from '../catalogue/memory.ts';
import { openAccount } from '../accounts/open.ts';
import { readCataloguePage, type CataloguePage } from '../runcomfy/catalogue.ts';
import { hashSchema } from '../input-schema/schema-hash.ts';
import type { Progress } from './sync-progress.ts';
import { endChange, goneIn, MAX_LISTED, pageChange, reportOf, type Report } from './sync-report.ts';
import { accepts, planGone, planPage, type PagePlan } from './sync-plan.ts';
import { finishSync, readSync, releaseSync, writePage, type Lease } from './sync-store.ts';
import { findGone, findSynced, listStanding } from './synced-store.ts';

export type SyncRuntime = AccountsRuntime & CatalogueRuntime;

/** A catalogue with more pages than this is taken for one without an end. */
export const MAX_PAGES = 500;

const HOUR_MS = 3_600_000;
const RETRY_MS = 600_000;

/** The part of a walk that is done at once: so many pages of at most `limit` models. */
export type Pace = { pages: number; limit: number; untilChange: boolean };

/**
 * Reads as many pages as the pace allows, and ends the walk after the last one. A page is read again if somebody changed
 * one of its models meanwhile. Null: the walk is not over, or another walker has taken it.
 */
export async function walk(
  deps: SyncRuntime,
  from: Lease,
  { progress: start, pace }: { progress: Progress; pace: Pace },
): Promise<Report | null> {
  let lease = from;
  let progress = start;
  try {
    const account = await openAccount(deps, 'any');
    for (let read = 0; read < pace.pages; read += 1) {
      const page: CataloguePage =
        progress.pages < MAX_PAGES
          ? await readCataloguePage(deps.upstream, account, { offset: progress.offset, limit: pace.limit })
          : { kind: 'failed', reason: 'it has no end' };
      if (page.kind === 'failed') {
        return await fail(deps, lease, { progress, reason: page.reason });
      }
      const step = await takePage(deps, lease, { progress, page });
      if (step === null) {
        return null;
      }
      if (step !== 'outdated') {
        ({ lease, progress } = step);
        const end = step.isLast ? await finish(deps, lease, progress) : 'outdated';
        if (end !== 'outdated') {
          return end;
        }
        if (pace.untilChange && step.hasChanged) {
          break;
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

type Page = Extract<CataloguePage, { kind: 'page' }>;

type Step = { lease: Lease; progress: Progress; hasChanged: boolean; isLast: boolean };

/** Writes the changes of a page. `outdated`: one of its models has changed meanwhile. Null: the lease is lost. */
async function takePage(
  deps: SyncRuntime,
  lease: Lease,
  { progress, page }: { progress: Progress; page: Page },
): Promise<Step | 'outdated' | null> {
  if (page.count === 0) {
    return { lease, progress, hasChanged: false, isLast: true };
  }
  const seen = new Set(progress.seen);
  const entries = page.usable.filter(
    ({ id }, index) => !seen.has(id) && page.usable.findIndex((one) => one.id === id) === index,
  );
  const rows = await findSynced(
    deps.db,
    entries.map(({ id }) => id),
  );
  const changed = entries.filter(({ id, hash }) => rows.get(id)?.entryHash !== hash);
  const hashes = new Map(
    await Promise.all(
      changed.map(async ({ id, inputSchema }) => [id, await hashSchema(inputSchema)] as const),
    ),
  );
  const plan = planPage(entries, rows, { hashes, accepted: progress.accepted });
  const next = progressAfter(progress, page, plan);
  const nowMs = deps.clock.now();
  const change = pageChange(progress, plan, nowMs);
  const written = await writePage(deps.db, lease, { writes: plan.writes, progress: next, nowMs, change });
  for (const { id } of plan.writes) {
    deps.memory.models.delete(id);
  }
  return written === null || written === 'outdated'
    ? written
    : {
        lease: written,
        progress: next,
        hasChanged: plan.writes.length > 0,
        isLast: next.offset >= next.total,
      };
}

function progressAfter(progress: Progress, page: Page, plan: PagePlan): Progress {
  const ids = [...page.usable, ...page.unusable].flatMap(({ id }) => id ?? []);
  const leftOut = page.unusable.map(({ name, reason }) => ({ model_id: name, reason }));
  return {
    ...progress,
    offset: progress.offset + page.count,
    total: Math.max(progress.total, page.total),
    pages: progress.pages + 1,
    seen: [...new Set([...progress.seen, ...ids])],
    added: [...progress.added, ...plan.added],
    changed: [...progress.changed, ...plan.changed].slice(0, MAX_LISTED),
    returned: [...progress.returned, ...plan.returned],
    kept: [...progress.kept, ...plan.kept],
    leftOut: [...progress.leftOut, ...leftOut].slice(0, MAX_LISTED),
  };
}

/** Ends a walk that read every page: counts and withdraws missing models, and writes the report. */
async function finish(
  deps: SyncRuntime,
  lease: Lease,
  progress: Progress,
): Promise<Report | 'outdated' | null> {
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
  const finished = await finishSync(deps.db, lease, {
    report,
    dueAtMs: progress.startedAtMs + HOUR_MS,
    nowMs,
    gone: found.gone,
    missed,
    withdrawn,
    change: endChange(progress, withdrawn, nowMs),
  });
  if (finished === 'outdated') {
    return 'outdated';
  }
  withdrawn.forEach((id) => deps.memory.models.delete(id));
  const waiting = held.length + standing.filter(({ heldPrice }) => heldPrice !== null).length;
  if (waiting > 0) {
    deps.log.error('catalogue_held', { count: waiting });
  }
  return finished && report;
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
  const end = { report, dueAtMs: nowMs + RETRY_MS, nowMs, gone: [], ...nothing, change: null };
  return (await finishSync(deps.db, lease, end)) && report;
}
