// A sync as its report and the audit show it to the operator. Pure.

import type { Change } from '../audit/store.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { showPrice, type ShownPrice } from '../pricing/price-format.ts';
import type { Price } from '../pricing/price.ts';
import type { Findings, PagePlan, SyncedRow } from './sync-plan.ts';
import type { Progress } from './sync-progress.ts';

type Listed = { model_id: string; reason: string };

/** A sync that ended, as it is stored and answered. Lists are cut at 500. */
export type Report = {
  state: 'done' | 'failed';
  /** Why it failed. */
  reason?: string | undefined;
  started_at: string;
  finished_at: string;
  /** RunComfy's whole catalogue was read. */
  full: boolean;
  models: number;
  added: string[];
  changed: { model_id: string; fields: string[] }[];
  returned: string[];
  withdrawn: string[];
  missed: string[];
  held: { model_id: string; price: ShownPrice | null; new_price: ShownPrice | null }[];
  gone: string[];
  kept: string[];
  unpriced: Listed[];
  not_understood: Listed[];
  notes: { model_id: string; notes: string[] }[];
};

/** The last sync that ended, and the walk under way. */
export type SyncView = {
  last: Report | null;
  running: { started_at: string; models: number; of: number } | null;
  next_at: string | null;
};

/** Checks the state only: we wrote the other members ourselves. */
export function isReport(value: unknown): value is Report {
  return isJsonObject(value) && (value['state'] === 'done' || value['state'] === 'failed');
}

/** The most entries of each list in a report. */
export const MAX_LISTED = 500;

/** The open points of a model, whichever sync found them. */
export type Standing = Pick<SyncedRow, 'id' | 'price' | 'heldPrice'> & { findings: Findings | null };

/** The missing models that wait for the operator. */
export function goneIn(report: Report | null): string[] {
  return report?.gone ?? [];
}

type Ending = {
  state: 'done' | 'failed';
  missed: string[];
  withdrawn: string[];
  /** Missing models that wait for the operator, because too many are missing at once. */
  held: string[];
  standing: Standing[];
};

export function reportOf(progress: Progress, nowMs: number, ending: Ending): Omit<Report, 'full' | 'reason'> {
  const { standing } = ending;
  const found = standing.flatMap(({ id, findings }) => (findings === null ? [] : [{ id, ...findings }]));
  return {
    state: ending.state,
    started_at: instant(progress.startedAtMs),
    finished_at: instant(nowMs),
    models: progress.seen.length,
    added: listed(progress.added),
    changed: listed(progress.changed),
    returned: listed(progress.returned),
    withdrawn: listed(ending.withdrawn),
    missed: listed(ending.missed),
    held: listed(
      standing.flatMap(({ id, price, heldPrice }) =>
        heldPrice === null ? [] : [{ model_id: id, price: shown(price), new_price: shown(heldPrice.price) }],
      ),
    ),
    gone: listed(ending.held),
    kept: listed(progress.kept),
    unpriced: listed(
      found.flatMap(({ id, unpriced }) =>
        unpriced === undefined ? [] : [{ model_id: id, reason: unpriced }],
      ),
    ),
    not_understood: listed([
      ...progress.leftOut,
      ...found.flatMap(({ id, unusable, kept }) => {
        const reason = kept === undefined ? unusable : `${kept}; the last usable schema stays`;
        return reason === undefined ? [] : [{ model_id: id, reason }];
      }),
    ]),
    notes: listed(found.flatMap(({ id, notes }) => (notes === undefined ? [] : [{ model_id: id, notes }]))),
  };
}

function listed<T>(list: T[]): T[] {
  return list.slice(0, MAX_LISTED);
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

/** Names the operator who asked for the walk, even if the cron continues it. */
function entryOf({ actor, traceId }: Progress, change: JsonObject, atMs: number): Change {
  const who = { actor, sessionId: null, address: '' };
  return { ...who, atMs, action: 'catalogue.sync', object: 'catalogue', change, traceId };
}

function shown(price: Price | null): ShownPrice | null {
  return price && showPrice(price);
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** The last report, and the progress of a walk under way. */
export function showSync({
  report,
  progress,
  dueAtMs,
}: {
  report: Report | null;
  progress: Progress | null;
  dueAtMs: number;
}): SyncView {
  return {
    last: report,
    running:
      progress === null
        ? null
        : { started_at: instant(progress.startedAtMs), models: progress.seen.length, of: progress.total },
    next_at: progress === null && dueAtMs > 0 ? instant(dueAtMs) : null,
  };
}
