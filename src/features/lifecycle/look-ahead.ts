// Looks up the caller of a call together with the model or the owner that the call needs next: a customer who calls once
// a minute finds nothing in memory, and waits for each store that is read after another. Everything found goes into the
// memory that the call reads first; the rest is looked up as always.

import { modelOf, modelQuery } from '../catalogue/store.ts';
import { rememberModel } from '../catalogue/offered.ts';
import { prefetchOwner } from '../jobs/owner.ts';
import type { JobsRuntime } from '../jobs/memory.ts';
import type { Principal } from '../keys/principal.ts';
import { findPrincipal, principalOf, principalQuery } from '../keys/principal-store.ts';
import { ownPriceOf, ownPriceQuery } from '../pricing/own-price-store.ts';
import { rememberOwnPrice } from '../pricing/terms.ts';
import { rowsOf } from '../../storage/column.ts';
import type { SubmitRuntime } from './memory.ts';

/** Reads the caller with this hash, the model, and the customer's own price for it in one round trip to D1. */
export async function findCallerAndModel(
  deps: SubmitRuntime,
  { hash, modelId }: { hash: string; modelId: string },
  nowMs: number,
): Promise<Principal | null> {
  const [callers, models, ownPrices] = await deps.db.batch<Record<string, unknown>>([
    principalQuery(deps.db, hash, nowMs),
    modelQuery(deps.db, { id: modelId }),
    ownPriceQuery(deps.db, { keyHash: hash, modelId }),
  ]);
  const [caller] = rowsOf(callers).map(principalOf);
  if (caller === undefined) {
    return null;
  }
  const [model] = rowsOf(models).map(modelOf);
  const [ownPrice] = rowsOf(ownPrices).map(ownPriceOf);
  if (model !== undefined) {
    rememberModel(deps, model, nowMs);
  }
  // An alias without a price of its own has that of its model.
  if (ownPrice !== undefined || model?.aliasOf === null) {
    const unitMicros = ownPrice?.unitMicros ?? null;
    rememberOwnPrice(deps, { buyer: caller, modelId, unitMicros }, nowMs);
  }
  return caller;
}

/** Reads the caller with this hash from D1 and the owner of the job from KV at the same time. */
export async function findCallerAndOwner(
  deps: JobsRuntime,
  { hash, jobId }: { hash: string; jobId: string },
  nowMs: number,
): Promise<Principal | null> {
  const [caller] = await Promise.all([findPrincipal(deps.db, hash, nowMs), prefetchOwner(deps, jobId)]);
  return caller;
}
