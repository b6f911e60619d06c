// The vault's keys: which of them seals, and from when on every isolate has it.

import { seal, type VaultKey } from '../../lib/seal.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { Account } from '../runcomfy/client.ts';
import { hintOf, vaultClosed, type Vault } from './account.ts';
import type { AccountsRuntime } from './memory.ts';
import { hasEnvToken, placeOf, vaultKeys } from './open.ts';
import type { Trial } from './trial.ts';
import { noteVaultKey, type SealedToken } from './vault-store.ts';

/** For so long isolates may still run with the previous secrets. */
export const SPREAD_MS = 5 * 60_000;

/** A new key is replacing another one. */
export type Rotation = { present: VaultKey; previous: VaultKey; seenAtMs: number };

export async function vaultOf(deps: AccountsRuntime): Promise<Vault> {
  const keys = await vaultKeys(deps);
  return { hasEnvToken: hasEnvToken(deps), keyIds: keys.map(({ id }) => id) };
}

/** Null: there is only one key. Each call makes sure that D1 has the instant at which the present key was first seen. */
export async function findRotation(deps: AccountsRuntime): Promise<Rotation | null> {
  const [present, previous] = await vaultKeys(deps);
  if (present === undefined || previous === undefined || present.id === previous.id) {
    return null;
  }
  return { present, previous, seenAtMs: await noteVaultKey(deps.db, present.id, deps.clock.now()) };
}

/** Records the instant at which a new key was first seen, once per isolate: an isolate's keys never change. */
export async function noteRotation(deps: AccountsRuntime): Promise<void> {
  if (!deps.memory.isRotationNoted) {
    await findRotation(deps);
    deps.memory.isRotationNoted = true;
  }
}

/** Seals a token with a key that every isolate has. 503 without a vault. */
export async function sealToken(
  deps: AccountsRuntime,
  id: AccountId,
  { account: { token }, trial }: { account: Account; trial: Trial },
): Promise<SealedToken> {
  const key = await sealingKey(deps);
  const balanceMicros = trial.kind === 'good' ? trial.balanceMicros : null;
  return {
    sealed: await seal(key, placeOf(id), token),
    keyId: key.id,
    hint: hintOf(token),
    verified: trial.kind === 'good',
    state: balanceMicros !== null && balanceMicros <= 0 ? 'no_balance' : 'ok',
    balanceMicros,
  };
}

async function sealingKey(deps: AccountsRuntime): Promise<VaultKey> {
  const rotation = await findRotation(deps);
  if (rotation !== null) {
    const isNew = deps.clock.now() - rotation.seenAtMs < SPREAD_MS;
    return isNew ? rotation.previous : rotation.present;
  }
  const [present] = await vaultKeys(deps);
  if (present === undefined) {
    throw vaultClosed();
  }
  return present;
}
