// A browser token as the self-service API will mint it.

import { issueKey } from '../../src/features/keys/issue.ts';
import type { LimitsPatch } from '../../src/features/ledger/limits.ts';
import type { KeyId } from '../../src/lib/ids.ts';
import type { Tenant, World } from './world.ts';

type Narrower = { models?: string[] | null; limits?: LimitsPatch; ttlMs?: number };

export async function browserToken(
  world: World,
  parent: Pick<Tenant, 'id' | 'keyId'>,
  { models = null, limits = {}, ttlMs = 600_000 }: Narrower = {},
): Promise<{ id: string; token: string }> {
  const { key, text } = await issueKey(
    world.deps,
    {
      customerId: parent.id,
      parentId: parent.keyId as KeyId,
      name: 'browser',
      models,
      limits,
      expiresAtMs: world.clock.now() + ttlMs,
    },
    {
      atMs: world.clock.now(),
      actor: parent.keyId,
      action: 'key.issue',
      change: {},
      traceId: crypto.randomUUID(),
    },
  );
  return { id: key.id, token: text };
}
