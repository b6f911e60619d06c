// Reads RunComfy's catalogue page by page. An entry needs an id and a schema; every other member may be missing.

import { isModelId } from './model-id.ts';
import { isWhole } from '../../lib/guard.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import type { Account, Upstream, UpstreamAnswer } from './client.ts';
import { errorCodeOf } from './wire.ts';

export type CatalogueEntry = {
  id: string;
  displayName: string;
  description: string;
  kind: string;
  categories: string[];
  /** As RunComfy sends them: dollars per unit, and a word for the unit. */
  basePriceUsd: unknown;
  priceUnit: string;
  pricingNote: string;
  modelUrl: string;
  inputSchema: JsonObject;
  /** SHA-256 of the whole entry. */
  hash: string;
};

/** `id` null: the entry has no usable id. */
type UnusableEntry = { id: string | null; name: string; reason: string };

export type CataloguePage =
  | { kind: 'page'; usable: CatalogueEntry[]; unusable: UnusableEntry[]; count: number; total: number }
  | { kind: 'failed'; reason: string };

const TIMEOUT_MS = 15_000;
/** The largest published schema has some 10 KB. */
const MAX_SCHEMA_CHARS = 64 * 1024;

/** Reads at most `limit` entries from `offset` on; RunComfy may send fewer. */
export async function readCataloguePage(
  upstream: Upstream,
  account: Account,
  { offset, limit }: { offset: number; limit: number },
): Promise<CataloguePage> {
  const sent = await upstream.call({
    account,
    method: 'GET',
    path: `/v1/models?include_schema=true&limit=${limit}&offset=${offset}`,
    timeoutMs: TIMEOUT_MS,
  });
  return parsePage(sent);
}

/** Parses an answer to GET /v1/models. */
export async function parsePage(sent: UpstreamAnswer): Promise<CataloguePage> {
  if (sent.kind === 'silent') {
    return { kind: 'failed', reason: 'RunComfy did not answer' };
  }
  if (sent.status !== 200 || errorCodeOf(sent.body) !== null) {
    return { kind: 'failed', reason: `RunComfy answered ${sent.status}` };
  }
  const { models, total } = sent.body ?? {};
  if (!Array.isArray(models) || !isWhole(total) || total < 0) {
    return { kind: 'failed', reason: 'RunComfy answered without a list of models' };
  }
  const read = await Promise.all(models.map(readEntry));
  const usable = read.flatMap((entry) => ('hash' in entry ? [entry] : []));
  const unusable = read.flatMap((entry) => ('hash' in entry ? [] : [entry]));
  if (models.length > 0 && usable.length === 0) {
    return { kind: 'failed', reason: 'RunComfy answered a list without one usable model' };
  }
  return { kind: 'page', usable, unusable, count: models.length, total };
}

async function readEntry(given: unknown): Promise<CatalogueEntry | UnusableEntry> {
  const entry = isJsonObject(given) ? given : {};
  const { model_id: id, input_schema: inputSchema } = entry;
  if (typeof id !== 'string' || !isModelId(id)) {
    const name = isJsonObject(given) ? id : given;
    const shown = (JSON.stringify(name) ?? 'nothing').slice(0, 100).toWellFormed();
    return { id: null, name: shown, reason: 'no usable model_id' };
  }
  if (!isJsonObject(inputSchema)) {
    return { id, name: id, reason: 'no input_schema' };
  }
  if (JSON.stringify(inputSchema).length > MAX_SCHEMA_CHARS) {
    return { id, name: id, reason: `an input_schema of more than ${MAX_SCHEMA_CHARS} characters` };
  }
  const modelUrl = textUpTo(500, entry['model_url']);
  return {
    id,
    displayName: textUpTo(200, entry['display_name']) || id,
    description: textUpTo(2000, entry['description']),
    kind: textUpTo(40, entry['kind']) || 'model',
    categories: categoriesOf(entry['categories']),
    basePriceUsd: entry['base_price_usd'],
    priceUnit: textUpTo(40, entry['price_unit']),
    pricingNote: textUpTo(2000, entry['pricing_note']),
    modelUrl: modelUrl.startsWith('https://') ? modelUrl : '',
    inputSchema,
    hash: await sha256Hex(JSON.stringify(given)),
  };
}

/** The start of a text; '' for any other value. */
function textUpTo(max: number, value: unknown): string {
  return typeof value === 'string' ? value.slice(0, max).toWellFormed() : '';
}

function categoriesOf(value: unknown): string[] {
  const given: unknown[] = Array.isArray(value) ? value : [];
  return given
    .filter((one) => typeof one === 'string')
    .filter((one) => one.length <= 100)
    .slice(0, 50);
}
