// Replaces a key. Its successor has the same name, models, limits and expiry, shares the use of the limits, and works at once;
// the old key and its browser tokens expire after a grace period. The new text exists only in the answer to this call.

import type { Change } from '../audit/store.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { newId, type KeyId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import { keyHint, newKeyText, noSuchKey, type Key } from './key.ts';
import type { KeysRuntime } from './memory.ts';
import { insertSuccessor } from './rotation-store.ts';

/** The successor, its text, and the old key with its new expiry. 404 without such a secret key; 409 if it is dead or rotated. */
export async function rotateKey(
  deps: KeysRuntime,
  { id, graceSeconds }: { id: string; graceSeconds: number },
  change: Change,
): Promise<{ key: Key; text: string; old: Key }> {
  const text = newKeyText('secret');
  const successorId: KeyId = newId('key');
  const { successor, old, isRotated } = await insertSuccessor(
    deps.db,
    {
      id,
      successorId,
      hash: await sha256Hex(text),
      hint: keyHint(text),
      diesAtMs: change.atMs + graceSeconds * 1000,
    },
    { ...change, change: { grace_seconds: graceSeconds, successor: successorId } },
  );
  deps.memory.principals.clear();
  if (old === null) {
    throw noSuchKey();
  }
  if (successor === null) {
    throw new Problem(
      'conflict',
      isRotated
        ? 'This key was rotated before. Rotate its successor. If you did not rotate it, have it revoked: its successors are revoked with it.'
        : 'This key is revoked or expired. Issue a new one.',
    );
  }
  return { key: successor, text, old };
}
