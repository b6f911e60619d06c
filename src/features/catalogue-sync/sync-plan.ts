// What a page of RunComfy's catalogue changes in ours. What the operator set by hand stays, models of theirs are not
// touched, and a price that leaps waits for their word. Pure.

import type { CatalogueEntry } from '../runcomfy/catalogue.ts';
import { compileJudge, type Compiled } from '../input-schema/judge.ts';
import { usd } from '../../lib/money.ts';
import { schemaNotes } from '../catalogue/schema-notes.ts';
import { isLeap, proposal, readListPrice, type Unpriced } from '../pricing/list-price.ts';
import { priceFaults } from '../pricing/price-faults.ts';
import { blankModel, type Model, type ModelField } from '../catalogue/model.ts';
import { unreadInput, type Price } from '../pricing/price.ts';

/** A row as the sync needs it. */
export type SyncedRow = Model & {
  entryHash: string;
  /** Full syncs in a row that did not find it. */
  missed: number;
  heldPrice: { price: Price | null } | null;
};

/** What could not be used of an entry, and why. */
export type Findings = {
  unpriced?: string | undefined;
  /** The price that could be set by hand instead. */
  mend?: Record<string, unknown> | undefined;
  /** Why the schema cannot judge inputs: submits are refused until the operator sets another, or validation off. */
  unusable?: string | undefined;
  /** Why RunComfy's schema of now cannot judge: the last one that can has stayed. */
  kept?: string | undefined;
  /** Rules of the schema that nobody enforces. */
  notes?: string[] | undefined;
};

/** A row as it is to be; revision 0: there is none yet. */
export type RowWrite = SyncedRow & { findings: Findings | null };

export type PagePlan = {
  writes: RowWrite[];
  added: string[];
  changed: { model_id: string; fields: string[] }[];
  /** Also of what was added. */
  prices: { model_id: string; from: Price | null; to: Price | null }[];
  /** Back on sale. */
  returned: string[];
  /** The operator's own. */
  kept: string[];
};

/** Model ids whose held changes the operator accepts. */
export type Accepted = string[] | 'all';

/** Full syncs in a row that have to miss a model before it is withdrawn. */
export const MISSES = 2;

export function accepts(accepted: Accepted, id: string): boolean {
  return accepted === 'all' || accepted.includes(id);
}

/** `hashes`: the hash of each entry's schema, by id; where it is absent, the entry is as it was last taken over. */
export function planPage(
  entries: CatalogueEntry[],
  rows: Map<string, SyncedRow>,
  { hashes, accepted }: { hashes: Map<string, string>; accepted: Accepted },
): PagePlan {
  const plan: PagePlan = { writes: [], added: [], changed: [], prices: [], returned: [], kept: [] };
  for (const entry of entries) {
    const row = rows.get(entry.id) ?? null;
    if (row?.source === 'operator') {
      plan.kept.push(entry.id);
    } else if (row === null || !isUpToDate(row, entry, accepted)) {
      const schemaHash = hashes.get(entry.id) ?? row?.schemaHash ?? '';
      const next = nextRow(row, entry, { schemaHash, accepted });
      plan.writes.push(next);
      note(plan, row, next);
    }
  }
  return plan;
}

function isUpToDate(row: SyncedRow, entry: CatalogueEntry, accepted: Accepted): boolean {
  const isAwaited = row.heldPrice !== null && accepts(accepted, row.id);
  return row.entryHash === entry.hash && row.missed === 0 && !isAwaited;
}

function nextRow(
  row: SyncedRow | null,
  entry: CatalogueEntry,
  { schemaHash, accepted }: { schemaHash: string; accepted: Accepted },
): RowWrite {
  const was = row ?? newRow(entry);
  const isByHand = (field: ModelField) => was.byHand.includes(field);
  const { taken, judge, kept } = takeSchema(row, entry, schemaHash);
  const listed = readListPrice(entry.basePriceUsd, entry.priceUnit, taken.inputSchema);
  const isBound = was.source === 'sync' && !isPriceAccepted(was, listed.price, accepted);
  const isHeld = !isByHand('price') && isBound && isLeap(was.price, listed.price);
  return {
    ...taken,
    displayName: isByHand('display_name') ? was.displayName : entry.displayName,
    description: isByHand('description') ? was.description : entry.description,
    categories: isByHand('categories') ? was.categories : entry.categories,
    price: isByHand('price') || isHeld ? was.price : listed.price,
    offered: was.offered || !isByHand('offered'),
    kind: entry.kind,
    pricingNote: entry.pricingNote,
    modelUrl: entry.modelUrl,
    source: 'sync',
    entryHash: entry.hash,
    missed: 0,
    heldPrice: isHeld ? { price: listed.price } : null,
    findings: findingsOf(taken, {
      judge,
      kept,
      unpriced: isByHand('price') ? lostInput(taken) : listed.unpriced,
    }),
  };
}

type TakenSchema = { taken: SyncedRow; judge: Compiled; kept: string | null };

/** RunComfy's schema, unless the operator set one; the last usable one where the new one cannot judge. */
function takeSchema(row: SyncedRow | null, entry: CatalogueEntry, schemaHash: string): TakenSchema {
  const judge = compileJudge(entry.inputSchema);
  if (row === null) {
    return { taken: { ...newRow(entry), schemaHash }, judge, kept: null };
  }
  const theirs = { taken: { ...row, inputSchema: entry.inputSchema, schemaHash }, judge, kept: null };
  if (row.byHand.includes('input_schema')) {
    return { taken: row, judge: compileJudge(row.inputSchema), kept: null };
  }
  if (judge.ok) {
    return theirs;
  }
  const last = compileJudge(row.inputSchema);
  return last.ok ? { taken: row, judge: last, kept: judge.reason } : theirs;
}

/** What nobody has been told of was not accepted. */
function isPriceAccepted({ id, heldPrice }: SyncedRow, price: Price | null, accepted: Accepted): boolean {
  const isTold = heldPrice !== null && (heldPrice.price === null) === (price === null);
  return isTold && accepts(accepted, id) && !isLeap(heldPrice.price, price);
}

function lostInput({ price, inputSchema }: Model): Unpriced | null {
  const lost = price === null ? null : unreadInput(price, inputSchema);
  return price === null || lost === null
    ? null
    : {
        reason: `its price reads ${lost}, which is no input of it any more`,
        mend: proposal(usd(price.usdMicros), price.unit),
      };
}

function findingsOf(
  model: Model,
  { judge, kept, unpriced }: { judge: Compiled; kept: string | null; unpriced: Unpriced | null },
): Findings | null {
  const { price, inputSchema } = model;
  // What a price by hand names and the schema has no more counts for nothing.
  const faults =
    price !== null && unpriced === null && model.byHand.includes('price')
      ? priceFaults(price, inputSchema)
      : [];
  const notes = [
    ...schemaNotes(inputSchema, judge),
    ...faults.map(({ path, message }) => `${path}: ${message}`),
  ];
  const findings: Findings = {
    ...(unpriced === null ? {} : { unpriced: unpriced.reason, mend: unpriced.mend }),
    ...(kept === null ? {} : { kept }),
    ...(judge.ok ? {} : { unusable: judge.reason }),
    ...(judge.ok && notes.length > 0 ? { notes } : {}),
  };
  return Object.keys(findings).length === 0 ? null : findings;
}

/** As the operator would get it from a PUT. */
function newRow({ id, inputSchema }: CatalogueEntry): SyncedRow {
  return { ...blankModel(id), inputSchema, source: 'sync', entryHash: '', missed: 0, heldPrice: null };
}

const TOLD: [field: string, read: (row: SyncedRow) => unknown][] = [
  ['display_name', (row) => row.displayName],
  ['description', (row) => row.description],
  ['kind', (row) => row.kind],
  ['categories', (row) => row.categories],
  ['input_schema', (row) => row.schemaHash],
  ['price', (row) => row.price],
  ['pricing_note', (row) => row.pricingNote],
  ['model_url', (row) => row.modelUrl],
];

function note(plan: PagePlan, row: SyncedRow | null, next: SyncedRow): void {
  const from = row?.price ?? null;
  if (JSON.stringify(from) !== JSON.stringify(next.price)) {
    plan.prices.push({ model_id: next.id, from, to: next.price });
  }
  if (row === null) {
    plan.added.push(next.id);
    return;
  }
  const fields = TOLD.filter(([, read]) => JSON.stringify(read(row)) !== JSON.stringify(read(next)));
  if (fields.length > 0) {
    plan.changed.push({ model_id: next.id, fields: fields.map(([field]) => field) });
  }
  if (next.offered && !row.offered) {
    plan.returned.push(next.id);
  }
}

/** A model of the sync's that the walk did not find. */
export type Gone = { id: string; offered: boolean; byHand: ModelField[]; missed: number; revision: number };

/**
 * What becomes of models that a full walk did not find. Where more than a tenth of what is offered is gone at once,
 * something is wrong at RunComfy, and all of it waits, but for what the operator has been told of and accepts.
 */
export function planGone(
  gone: Gone[],
  { offered, accepted }: { offered: number; accepted: string[] },
): { missed: string[]; withdrawn: string[]; held: string[] } {
  const onSale = gone.filter((model) => model.offered && !model.byHand.includes('offered'));
  const isAnyHeld = onSale.length * 10 > offered;
  const isAccepted = ({ id }: Gone) => isAnyHeld && accepted.includes(id);
  const open = onSale.filter((model) => !isAccepted(model));
  const isTooMuch = open.length * 10 > offered;
  const withdrawn = onSale.filter((model) => isAccepted(model) || (!isTooMuch && model.missed + 1 >= MISSES));
  const idsOf = (models: Gone[]) => models.map(({ id }) => id);
  return {
    missed: isTooMuch ? [] : idsOf(gone.filter(({ missed }) => missed < MISSES)),
    withdrawn: idsOf(withdrawn),
    held: isTooMuch ? idsOf(open) : [],
  };
}
