// A browser token as POST /v1/tokens mints it, for tests that need what the call refuses: a second's life, all models.

import { mintToken, type TokenRequest } from '../../src/features/keys/mint.ts';
import type { KeyId } from '../../src/lib/ids.ts';
import type { Tenant, World } from './world.ts';

type Narrower = Partial<Omit<TokenRequest, 'lifetimeMs'>> & { ttlMs?: number };

export async function browserToken(
  world: World,
  parent: Pick<Tenant, 'id' | 'keyId'>,
  { ttlMs = 600_000, ...narrower }: Narrower = {},
): Promise<{ id: string; token: string }> {
  const { token, text } = await mintToken(
    world.deps,
    { keyId: parent.keyId as KeyId, models: null },
    {
      models: null,
      limits: { requests_total: 1_000_000 },
      origins: null,
      endUser: '',
      see: narrower.endUser === undefined ? 'own' : 'end_user',
      lifetimeMs: ttlMs,
      ...narrower,
    },
  );
  return { id: token.id, token: text };
}
