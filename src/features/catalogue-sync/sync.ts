// Brings RunComfy's catalogue into ours, page by page. Each page is written together with how far the walk is, so a
// walk that is cut off goes on where it was, and nothing is counted twice.

import type { Change } from '../audit/store.ts';
import type { AccountsRuntime } from '../accounts/account.ts';
import type { CatalogueRuntime } from '../catalogue/memory.ts';

import { ENV_ACCOUNT, getAccount, hasToken } from '../accounts/account.ts';
import { readCataloguePage, type CataloguePage } from '../runcomfy/catalogue.ts';
import { hashSchema } from '../input-schema/schema-hash.ts';
import type { Progress } from './sync-progress.ts';
import { goneIn, MAX_LISTED, reportOf, type Report } from './sync-report.ts';
import { accepts, planGone, planPage, type Accepted } from './sync-plan.ts';
import {
  claimSync,
  findGone,
  findSynced,
  finishSync,
  listStanding,
  readSync,
  releaseSync,
  writePage,
  type Lease,
} from './sync-store.ts';

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

/** A whole walk from the start, at the operator's word; null while another one holds the sync. */
export async function syncCatalogue(deps: SyncRuntime, order: SyncOrder): Promise<Report | null> {
  const lease = await claimSync(deps.db, deps.clock.now(), false);
  return lease === null ? null : walk(deps, lease, { progress: fresh(deps, order), pace: WHOLE });
}

/** The cron's part: some pages of the walk under way, or of a new one an hour after the last began. */
export async function continueSync(deps: SyncRuntime): Promise<void> {
  if (!hasToken(deps, ENV_ACCOUNT)) {
    return;
  }
  const claimed = await claimSync(deps.db, deps.clock.now(), true);
  if (claimed !== null) {
    const order: SyncOrder = { accepted: [], actor: 'cron', traceId: '' };
    await walk(deps, claimed, { progress: claimed.progress ?? fresh(deps, order), pace: OF_THE_CRON });
  }
}

function fresh({ clock }: SyncRuntime, order: SyncOrder): Progress {
  return {
    ...order,
    startedAtMs: clock.now(),
    offset: 0,
    total: 0,
    pages: 0,
    seen: [],
    added: [],
    changed: [],
    returned: [],
    kept: [],
    leftOut: [],
  };
}

/** As much as the pace allows, and the end if it is part of that. Null: the rest is left for the next call, or taken by another. */
async function walk(
  deps: SyncRuntime,
  from: Lease,
  { progress: start, pace }: { progress: Progress; pace: Pace },
): Promise<Report | null> {
  let lease = from;
  let progress = start;
  try {
    for (let read = 0, hasChanged = false; read < pace.pages && !hasChanged; read += 1) {
      const page = await readCataloguePage(deps.upstream, getAccount(deps, ENV_ACCOUNT), {
        offset: progress.offset,
        limit: pace.limit,
      });
      const fault =
        page.kind === 'failed' ? page.reason : progress.pages >= MAX_PAGES ? 'it has no end' : null;
      if (page.kind === 'failed' || fault !== null) {
        return await fail(deps, lease, { progress, reason: fault ?? '' });
      }
      if (page.count === 0) {
        return await finish(deps, lease, progress);
      }
      const next = await takePage(deps, lease, { progress, page });
      if (next === null) {
        return null;
      }
      ({ lease, progress } = next);
      hasChanged = pace.untilChange && next.hasChanged;
      if (progress.offset >= progress.total) {
        return await finish(deps, lease, progress);
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

async function takePage(
  deps: SyncRuntime,
  lease: Lease,
  { progress, page }: { progress: Progress; page: Page },
): Promise<{ lease: Lease; progress: Progress; hasChanged: boolean } | null> {
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
  const renewed = await writePage(deps.db, lease, {
    writes: plan.writes,
    progress: next,
    nowMs: deps.clock.now(),
  });
  for (const { id } of plan.writes) {
    deps.memory.models.delete(id);
  }
  return renewed === null ? null : { lease: renewed, progress: next, hasChanged: plan.writes.length > 0 };
}

async function finish(deps: SyncRuntime, lease: Lease, progress: Progress): Promise<Report | null> {
  const { startedAtMs } = progress;
  const isFull = progress.seen.length >= progress.total;
  const found = isFull ? await findGone(deps.db, progress.seen) : { gone: [], offered: 0 };
  const accepted = goneIn((await readSync(deps.db)).report).filter((id) => accepts(progress.accepted, id));
  const { missed, withdrawn, held } = planGone(found.gone, { offered: found.offered, accepted });
  const standing = await listStanding(deps.db);
  const nowMs = deps.clock.now();
  const report = {
    ...reportOf(progress, nowMs, { state: 'done', missed, withdrawn, held, standing }),
    full: isFull,
  };
  const change = changeOf(progress, withdrawn, nowMs);
  const ends = { report, dueAtMs: startedAtMs + HOUR_MS, nowMs, missed, withdrawn, change };
  const ended = await finishSync(deps.db, lease, ends);
  withdrawn.forEach((id) => deps.memory.models.delete(id));
  const waiting = held.length + standing.filter(({ heldPrice }) => heldPrice !== null).length;
  if (waiting > 0) {
    deps.log.error('catalogue_held', { count: waiting });
  }
  return ended ? report : null;
}

/** The audit entry of a walk; null when it changed nothing. */
function changeOf(progress: Progress, withdrawn: string[], atMs: number): Change | null {
  const { added, changed, returned, accepted, actor, traceId } = progress;
  if (added.length + changed.length + returned.length + withdrawn.length + accepted.length === 0) {
    return null;
  }
  const change = { added: added.length, changed: changed.length, returned, withdrawn, accepted };
  return { atMs, actor, action: 'catalogue.sync', object: 'catalogue', change, traceId };
}

async function fail(
  deps: SyncRuntime,
  lease: Lease,
  { progress, reason }: { progress: Progress; reason: string },
): Promise<Report | null> {
  deps.log.error('catalogue_sync_failed', { reason });
  const standing = await listStanding(deps.db);
  const report = {
    ...reportOf(progress, deps.clock.now(), {
      state: 'failed',
      missed: [],
      withdrawn: [],
      held: [],
      standing,
    }),
    full: false,
    reason,
  };
  const nowMs = deps.clock.now();
  const ends = {
    report,
    dueAtMs: nowMs + AGAIN_MS,
    nowMs,
    missed: [],
    withdrawn: [],
    change: changeOf(progress, [], nowMs),
  };
  return (await finishSync(deps.db, lease, ends)) ? report : null;
}
