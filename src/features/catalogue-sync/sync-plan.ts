// Plans the changes that a page of RunComfy's catalogue makes to ours. Fields that the operator set by hand stay, models
// that the operator made are not touched, and a price that leaps waits for the operator. Pure.

import type { CatalogueEntry } from '../runcomfy/catalogue.ts';
import { compileJudge, type Compiled } from '../input-schema/judge.ts';
import type { JsonObject } from '../../lib/json.ts';
import { usd } from '../../lib/money.ts';
import { schemaNotes } from '../catalogue/schema-notes.ts';
import { isLeap, proposal, readListPrice, type Unpriced } from '../pricing/list-price.ts';
import { priceFaults } from '../pricing/price-faults.ts';
import { blankModel, type Model, type ModelField } from '../catalogue/model.ts';
import { unreadInput, type Price } from '../pricing/price.ts';

/** A model with the columns that only the sync uses. */
export type SyncedRow = Model & {
  entryHash: string;
  /** The number of full syncs in a row that did not find the model. */
  missed: number;
  heldPrice: { price: Price | null } | null;
};

/** The parts of an entry that could not be used, and why. */
export type Findings = {
  unpriced?: string | undefined;
  /** The price that could be set by hand instead. */
  mend?: JsonObject | undefined;
  /** Why the schema cannot check inputs: submits are refused until the operator sets another, or validation off. */
  unusable?: string | undefined;
  /** Why RunComfy's present schema cannot check inputs: the last usable one stays. */
  kept?: string | undefined;
  /** Rules of the schema that are not enforced. */
  notes?: string[] | undefined;
};

/** A row to be written; revision 0: it is a new one. */
export type RowWrite = SyncedRow & { findings: Findings | null };

export type PagePlan = {
  writes: RowWrite[];
  added: string[];
  changed: { model_id: string; fields: string[] }[];
  /** Includes the prices of added models. */
  prices: { model_id: string; from: Price | null; to: Price | null }[];
  /** Models that are back on sale. */
  returned: string[];
  /** Models that the operator made. */
  kept: string[];
};

/** Model ids whose held changes the operator accepts. */
export type Accepted = string[] | 'all';

/** The number of full syncs in a row that have to miss a model before it is withdrawn. */
export const MISSES = 2;

export function accepts(accepted: Accepted, id: string): boolean {
  return accepted === 'all' || accepted.includes(id);
}

/** `hashes`: the hashes of the schemas of the entries that have changed, by id. */
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
      recordChanges(plan, row, next);
    }
  }
  return plan;
}

function isUpToDate(row: SyncedRow, entry: CatalogueEntry, accepted: Accepted): boolean {
  const isHeldPriceAccepted = row.heldPrice !== null && accepts(accepted, row.id);
  return row.entryHash === entry.hash && row.missed === 0 && !isHeldPriceAccepted;
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
  const needsAcceptance = was.source === 'sync' && !isPriceAccepted(was, listed.price, accepted);
  const isHeld = !isByHand('price') && needsAcceptance && isLeap(was.price, listed.price);
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
      unpriced: isByHand('price') ? unpricedByHand(taken) : listed.unpriced,
    }),
  };
}

type TakenSchema = { taken: SyncedRow; judge: Compiled; kept: string | null };

/** RunComfy's schema, unless the operator set one; the last usable one if the new one cannot check inputs. */
function takeSchema(row: SyncedRow | null, entry: CatalogueEntry, schemaHash: string): TakenSchema {
  const judge = compileJudge(entry.inputSchema);
  if (row === null) {
    return { taken: { ...newRow(entry), schemaHash }, judge, kept: null };
  }
  const fromRunComfy = { taken: { ...row, inputSchema: entry.inputSchema, schemaHash }, judge, kept: null };
  if (row.byHand.includes('input_schema')) {
    return { taken: row, judge: compileJudge(row.inputSchema), kept: null };
  }
  if (judge.ok) {
    return fromRunComfy;
  }
  const last = compileJudge(row.inputSchema);
  return last.ok ? { taken: row, judge: last, kept: judge.reason } : fromRunComfy;
}

/** Only the price that the operator has seen is accepted, or one that does not leap from it. */
function isPriceAccepted({ id, heldPrice }: SyncedRow, price: Price | null, accepted: Accepted): boolean {
  const isSeen = heldPrice !== null && (heldPrice.price === null) === (price === null);
  return isSeen && accepts(accepted, id) && !isLeap(heldPrice.price, price);
}

/** A price that the operator set reads an input that the new schema does not have. */
function unpricedByHand({ price, inputSchema }: Model): Unpriced | null {
  const lost = price === null ? null : unreadInput(price, inputSchema);
  return price === null || lost === null
    ? null
    : {
        reason: `its price reads the input ${lost}, which input_schema no longer has`,
        mend: proposal(usd(price.usdMicros), price.unit),
      };
}

function findingsOf(
  model: Model,
  { judge, kept, unpriced }: { judge: Compiled; kept: string | null; unpriced: Unpriced | null },
): Findings | null {
  const { price, inputSchema } = model;
  // Parts of a price set by hand may name values that the schema no longer has.
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

/** The defaults are those of a model that the operator makes. */
function newRow({ id, inputSchema }: CatalogueEntry): SyncedRow {
  return { ...blankModel(id), inputSchema, source: 'sync', entryHash: '', missed: 0, heldPrice: null };
}

const REPORTED: [field: string, read: (row: SyncedRow) => unknown][] = [
  ['display_name', (row) => row.displayName],
  ['description', (row) => row.description],
  ['kind', (row) => row.kind],
  ['categories', (row) => row.categories],
  ['input_schema', (row) => row.schemaHash],
  ['price', (row) => row.price],
  ['pricing_note', (row) => row.pricingNote],
  ['model_url', (row) => row.modelUrl],
];

function recordChanges(plan: PagePlan, row: SyncedRow | null, next: SyncedRow): void {
  const from = row?.price ?? null;
  if (JSON.stringify(from) !== JSON.stringify(next.price)) {
    plan.prices.push({ model_id: next.id, from, to: next.price });
  }
  if (row === null) {
    plan.added.push(next.id);
    return;
  }
  const fields = REPORTED.filter(([, read]) => JSON.stringify(read(row)) !== JSON.stringify(read(next)));
  if (fields.length > 0) {
    plan.changed.push({ model_id: next.id, fields: fields.map(([field]) => field) });
  }
  if (next.offered && !row.offered) {
    plan.returned.push(next.id);
  }
}

/** A model of the sync that a full walk did not find. */
export type Gone = { id: string; offered: boolean; byHand: ModelField[]; missed: number; revision: number };

/**
 * Counts the models that a full walk did not find, and withdraws those that were missed before. If more than a tenth of
 * the offered models is missing at once, RunComfy may be at fault: all of them wait for the operator, but for those that
 * the operator has seen and accepts.
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
