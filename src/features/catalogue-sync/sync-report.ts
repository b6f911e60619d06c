// What the operator is told of a sync, in its report and in the audit. Pure.

import type { Change } from '../audit/store.ts';
import { showPrice } from '../pricing/price-format.ts';
import type { Price } from '../pricing/price.ts';
import type { Findings, PagePlan, SyncedRow } from './sync-plan.ts';
import type { Progress } from './sync-progress.ts';

export type Report = Record<string, unknown>;

/** Of each list in a report. */
export const MAX_LISTED = 500;

/** What stands open with a model, whenever it was found. */
export type Standing = Pick<SyncedRow, 'id' | 'price' | 'heldPrice'> & { findings: Findings | null };

/** The models that a report holds as gone. */
export function goneIn(report: Report | null): string[] {
  const gone = report?.['gone'];
  return Array.isArray(gone) ? gone.map(String) : [];
}

type Ending = {
  state: 'done' | 'failed';
  missed: string[];
  withdrawn: string[];
  /** Gone, and more of them than is believed. */
  held: string[];
  standing: Standing[];
};

/** Lists are cut at 500. */
export function reportOf(progress: Progress, nowMs: number, ending: Ending): Report {
  const { standing } = ending;
  const found = standing.flatMap(({ id, findings }) => (findings === null ? [] : [{ id, ...findings }]));
  const report = {
    added: progress.added,
    changed: progress.changed,
    returned: progress.returned,
    withdrawn: ending.withdrawn,
    missed: ending.missed,
    held: standing.flatMap(({ id, price, heldPrice }) =>
      heldPrice === null
        ? []
        : [
            {
              model_id: id,
              price: shown(price),
              new_price: shown(heldPrice.price),
            },
          ],
    ),
    gone: ending.held,
    kept: progress.kept,
    unpriced: found.flatMap(({ id, unpriced }) =>
      unpriced === undefined ? [] : [{ model_id: id, reason: unpriced }],
    ),
    not_understood: [
      ...progress.leftOut,
      ...found.flatMap(({ id, unusable }) =>
        unusable === undefined ? [] : [{ model_id: id, reason: unusable }],
      ),
    ],
    notes: found.flatMap(({ id, notes }) => (notes === undefined ? [] : [{ model_id: id, notes }])),
  };
  return {
    state: ending.state,
    started_at: instant(progress.startedAtMs),
    finished_at: instant(nowMs),
    models: progress.seen.length,
    ...Object.fromEntries(Object.entries(report).map(([name, list]) => [name, list.slice(0, MAX_LISTED)])),
  };
}

/** The audit entry of one page; null when it changed nothing that is sold. */
export function pageChange(progress: Progress, plan: PagePlan, atMs: number): Change | null {
  const { added, changed, returned } = plan;
  if (added.length + changed.length + returned.length === 0) {
    return null;
  }
  const prices = plan.prices.map(({ model_id, from, to }) => ({
    model_id,
    from: shown(from),
    to: shown(to),
  }));
  return entryOf(progress, { added, changed, prices, returned }, atMs);
}

/** The audit entry of the end of a walk; null when it withdrew nothing. */
export function endChange(progress: Progress, withdrawn: string[], atMs: number): Change | null {
  return withdrawn.length === 0 ? null : entryOf(progress, { withdrawn }, atMs);
}

/** In the name of whoever asked for the walk, also where the cron goes on with it. */
function entryOf({ actor, traceId }: Progress, change: Record<string, unknown>, atMs: number): Change {
  return { atMs, actor, action: 'catalogue.sync', object: 'catalogue', change, traceId };
}

function shown(price: Price | null): Record<string, unknown> | null {
  return price && showPrice(price);
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** The last report, and how far a walk under way is. */
export function showSync({
  report,
  progress,
  dueAtMs,
}: {
  report: Report | null;
  progress: Progress | null;
  dueAtMs: number;
}): Report {
  return {
    last: report,
    running:
      progress === null
        ? null
        : { started_at: instant(progress.startedAtMs), models: progress.seen.length, of: progress.total },
    next_at: progress === null && dueAtMs > 0 ? instant(dueAtMs) : null,
  };
}
