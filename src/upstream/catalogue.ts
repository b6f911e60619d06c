// RunComfy's catalogue, page by page. An entry is taken if it has an id and a schema; all else of it may be missing.

import * as z from 'zod/mini';
import { isModelId } from '../catalogue/model.ts';
import type { Deps } from '../deps.ts';
import { sha256Hex } from '../lib/hash.ts';
import { isJsonObject } from '../lib/json.ts';
import { lazy } from '../lib/lazy.ts';
import { ENV_ACCOUNT, getAccount } from './account.ts';
import type { UpstreamAnswer } from './client.ts';
import { errorCodeOf } from './wire.ts';

export type CatalogueEntry = {
  id: string;
  displayName: string;
  description: string;
  kind: string;
  categories: string[];
  /** As RunComfy says it: dollars per unit, and a word for the unit. */
  basePriceUsd: unknown;
  priceUnit: string;
  pricingNote: string;
  modelUrl: string;
  inputSchema: Record<string, unknown>;
  /** SHA-256 of the whole entry. */
  hash: string;
};

/** `id`: what the entry called itself, if that can be a model's id. */
type UnusableEntry = { id: string | null; name: string; reason: string };

export type CataloguePage =
  | { kind: 'page'; usable: CatalogueEntry[]; unusable: UnusableEntry[]; count: number; total: number }
  | { kind: 'failed'; reason: string };

const TIMEOUT_MS = 15_000;
/** The largest of the published schemas has some 10 KB. */
const MAX_SCHEMA_CHARS = 64 * 1024;

const textUpTo = (max: number) =>
  z.catch(
    z.pipe(
      z.string(),
      z.transform((value) => value.slice(0, max).toWellFormed()),
    ),
    '',
  );

function isCategory(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 100;
}

const entryShape = lazy(() =>
  z.object({
    model_id: z.string(),
    display_name: textUpTo(200),
    description: textUpTo(2000),
    kind: textUpTo(40),
    categories: z.catch(
      z.pipe(
        z.array(z.unknown()),
        z.transform((all) => all.flatMap((one) => (isCategory(one) ? [one] : [])).slice(0, 50)),
      ),
      [],
    ),
    base_price_usd: z.optional(z.unknown()),
    price_unit: textUpTo(40),
    pricing_note: textUpTo(2000),
    model_url: textUpTo(500),
    input_schema: z.optional(z.unknown()),
  }),
);

const pageShape = lazy(() => z.object({ models: z.array(z.unknown()), total: z.int().check(z.minimum(0)) }));

/** One page from `offset` on, at most `limit` entries; RunComfy may give fewer. */
export async function readCataloguePage(
  deps: Deps,
  { offset, limit }: { offset: number; limit: number },
): Promise<CataloguePage> {
  const sent = await deps.upstream.call({
    account: getAccount(deps, ENV_ACCOUNT),
    method: 'GET',
    path: `/v1/models?include_schema=true&limit=${limit}&offset=${offset}`,
    timeoutMs: TIMEOUT_MS,
  });
  return parsePage(sent);
}

/** What an answer to GET /v1/models says. */
export async function parsePage(sent: UpstreamAnswer): Promise<CataloguePage> {
  if (sent.kind === 'silent') {
    return { kind: 'failed', reason: 'RunComfy did not answer' };
  }
  if (sent.status !== 200 || errorCodeOf(sent.body) !== null) {
    return { kind: 'failed', reason: `RunComfy answered ${sent.status}` };
  }
  const page = pageShape().safeParse(sent.body);
  if (!page.success) {
    return { kind: 'failed', reason: 'RunComfy answered no list of models' };
  }
  const { models, total } = page.data;
  const read = await Promise.all(models.map(readEntry));
  const usable = read.flatMap((entry) => ('hash' in entry ? [entry] : []));
  const unusable = read.flatMap((entry) => ('hash' in entry ? [] : [entry]));
  if (models.length > 0 && usable.length === 0) {
    return { kind: 'failed', reason: 'RunComfy answered a list without one usable model' };
  }
  return { kind: 'page', usable, unusable, count: models.length, total };
}

async function readEntry(given: unknown): Promise<CatalogueEntry | UnusableEntry> {
  const parsed = entryShape().safeParse(given);
  if (!parsed.success || !isModelId(parsed.data.model_id)) {
    const name = isJsonObject(given) ? given['model_id'] : given;
    const shown = (JSON.stringify(name) ?? 'nothing').slice(0, 100).toWellFormed();
    return { id: null, name: shown, reason: 'no usable model_id' };
  }
  const { model_id: id, input_schema: inputSchema, base_price_usd: basePriceUsd, ...texts } = parsed.data;
  if (!isJsonObject(inputSchema)) {
    return { id, name: id, reason: 'no input_schema' };
  }
  if (JSON.stringify(inputSchema).length > MAX_SCHEMA_CHARS) {
    return { id, name: id, reason: `an input_schema of more than ${MAX_SCHEMA_CHARS} characters` };
  }
  return {
    id,
    displayName: texts.display_name === '' ? id : texts.display_name,
    description: texts.description,
    kind: texts.kind === '' ? 'model' : texts.kind,
    categories: texts.categories,
    basePriceUsd,
    priceUnit: texts.price_unit,
    pricingNote: texts.pricing_note,
    modelUrl: texts.model_url.startsWith('https://') ? texts.model_url : '',
    inputSchema,
    hash: await sha256Hex(JSON.stringify(given)),
  };
}
