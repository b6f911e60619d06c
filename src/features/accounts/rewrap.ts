// Seals with VAULT_KEY the tokens that VAULT_KEY_PREVIOUS sealed. It may be cut off or run twice: a sealed text is replaced
// only if it is still the one that was opened, and both keys open tokens until VAULT_KEY_PREVIOUS is removed.

import type { Change } from '../audit/store.ts';
import { Problem } from '../../lib/problem.ts';
import { seal, unseal } from '../../lib/seal.ts';
import { vaultClosed } from './account.ts';
import type { AccountsRuntime } from './memory.ts';
import { placeOf, vaultKeys } from './open.ts';
import { findRotation, SPREAD_MS, type Rotation } from './vault.ts';
import { putResealed, readSealedBy, type Resealed, type SealedRow } from './vault-store.ts';

/** The tokens that one call reseals; the next call continues. */
const MAX_ROWS = 100;

/** `left`: tokens that are not sealed with VAULT_KEY yet. 503 without a vault, 409 while the key is new. */
export async function rewrapVault(
  deps: AccountsRuntime,
  change: Change,
): Promise<{ rewrapped: number; left: number }> {
  const [present] = await vaultKeys(deps);
  if (present === undefined) {
    throw vaultClosed();
  }
  const rotation = await findRotation(deps);
  const rows = rotation === null ? [] : await resealRows(deps, rotation);
  const audited = { ...change, change: { key: present.id, texts: rows.length } };
  return putResealed(deps.db, rows, { keyId: present.id, change: audited });
}

async function resealRows(deps: AccountsRuntime, rotation: Rotation): Promise<Resealed[]> {
  const waitMs = rotation.seenAtMs + SPREAD_MS - deps.clock.now();
  if (waitMs > 0) {
    throw new Problem(
      'conflict',
      `VAULT_KEY is new: until ${new Date(rotation.seenAtMs + SPREAD_MS).toISOString()} some isolates may not have it ` +
        'yet and could not open what it seals. Nothing was changed; call again after that.',
      { retryAfterSeconds: Math.ceil(waitMs / 1000) },
    );
  }
  const rows = await readSealedBy(deps.db, rotation.previous.id, MAX_ROWS);
  const all = await Promise.all(rows.map((row) => reseal(deps, rotation, row)));
  return all.filter((row) => row !== null);
}

async function reseal(
  { log }: AccountsRuntime,
  { present, previous }: Rotation,
  { id, sealed }: SealedRow,
): Promise<Resealed | null> {
  const opened = await unseal([previous], placeOf(id), sealed);
  if (!opened.ok) {
    log.error('account_without_token', { account: id, reason: opened.reason });
    return null;
  }
  return { id, sealed, resealed: await seal(present, placeOf(id), opened.text) };
}
