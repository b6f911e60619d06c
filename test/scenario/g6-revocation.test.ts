// G6: when the call that revokes has returned, no further submit is accepted; reads stop within 10 s.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { browserToken } from '../support/browser-token.ts';
import { createWorld, type Reply, type World } from '../support/world.ts';

type Revoke = {
  what: string;
  /** One statement of the gate reads both, so one storm is of full size. */
  submits: number;
  revoke: (world: World, tenant: { id: string; keyId: string }) => Promise<Reply>;
  status: number;
};

const ways: Revoke[] = [
  {
    what: 'a key',
    submits: 600,
    revoke: (world, { keyId }) => world.isolate().admin('DELETE', `/admin/keys/${keyId}`),
    status: 401,
  },
  {
    what: 'a customer',
    submits: 120,
    revoke: (world, { id }) =>
      world.isolate().admin('PATCH', `/admin/customers/${id}`, { status: 'suspended' }),
    status: 403,
  },
];

test.for(ways)(
  'G6: $what is revoked in the middle of $submits submits',
  async ({ revoke, status, submits }, { expect }) => {
    const world = createWorld();
    const tenant = await world.tenant();
    const isolates = [world.isolate(), world.isolate()];
    let revokedAt = Number.POSITIVE_INFINITY;
    let turn = 0;
    const late: Reply[] = [];
    let accepted = 0;
    const sixth = Promise.withResolvers<void>();
    const one = async (index: number) => {
      const startedAt = (turn += 1);
      const reply = await isolates[index % 2]!.submit(tenant.token);
      accepted += reply.status === 200 ? 1 : 0;
      if (accepted === submits / 6) {
        sixth.resolve();
      }
      if (startedAt > revokedAt) {
        late.push(reply);
      }
    };
    const first = Array.from({ length: submits / 2 }, (_, index) => one(index));
    await sixth.promise;
    const revoking = (async () => {
      await revoke(world, tenant);
      revokedAt = turn;
    })();
    const second = Array.from({ length: submits / 4 }, (_, index) => one(index));
    await revoking;
    const third = Array.from({ length: submits / 4 }, (_, index) => one(index));
    await Promise.all([...first, ...second, ...third]);
    await world.idle();

    expect(late).toHaveLength(submits / 4);
    expect(new Set(late.map((reply) => reply.status))).toEqual(new Set([status]));
    expect(accepted).toBeGreaterThanOrEqual(submits / 6);
    expect(world.runcomfy.accepted().count).toBe(accepted);
  },
);

const clocks = [
  { clock: 'keeps its pace', setBackMs: 0 },
  { clock: 'was set back by an hour', setBackMs: 3_600_000 },
];

test.for(ways.flatMap((way) => clocks.map((clock) => ({ ...way, ...clock }))))(
  'G6: reads stop within 10 s after $what is revoked, where the clock $clock',
  async ({ revoke, status, setBackMs }, { expect }) => {
    const world = createWorld();
    const tenant = await world.tenant();
    const { body } = await world.submit(tenant.token);
    const warm = world.isolate();
    expect((await warm.status(tenant.token, body.request_id)).status).toBe(200);
    world.clock.advance(-setBackMs);
    await revoke(world, tenant);
    world.clock.advance(10_000);
    expect((await warm.status(tenant.token, body.request_id)).status).toBe(status);
  },
);

test('G6: the stop switch is part of the gate: an isolate that knows nothing of it refuses too', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  expect((await world.submit(token)).status).toBe(200);
  await world.isolate().admin('PATCH', '/admin/settings', { submits: 'off' });
  const refused = await world.submit(token);
  await world.isolate().admin('PATCH', '/admin/settings', { submits: 'on' });
  expect(refused).toMatchObject({ status: 503, body: { code: 'submits_off' } });
  expect(world.runcomfy.accepted().count).toBe(1);
});

type Death = {
  what: string;
  end: (world: World, ids: { keyId: string; tokenId: string }) => Promise<{ status: number }>;
};

/** In a second from now, and that second is over. */
async function expire(world: World, id: string): Promise<{ status: number }> {
  const expires_at = new Date(world.clock.now() + 1000).toISOString();
  const reply = await world.admin('PATCH', `/admin/keys/${id}`, { expires_at });
  world.clock.advance(1000);
  return reply;
}

const deaths: Death[] = [
  { what: 'it is revoked', end: (world, { tokenId }) => world.admin('DELETE', `/admin/keys/${tokenId}`) },
  { what: 'its key is revoked', end: (world, { keyId }) => world.admin('DELETE', `/admin/keys/${keyId}`) },
  {
    what: 'it has expired',
    // Its own isolate refuses it at that instant; what a submit that was under way meets is the gate.
    async end(world, { tokenId }) {
      const expiry = env.DB.prepare('UPDATE keys SET expires_at_ms = ?2 WHERE id = ?1');
      await expiry.bind(tokenId, world.clock.now()).run();
      return { status: 204 };
    },
  },
  {
    what: 'its key has expired',
    end: (world, { keyId }) => expire(world, keyId),
  },
];

test.for(deaths)(
  'G6: a browser token that an isolate still knows is refused by the gate once $what',
  async ({ end }, { expect }) => {
    const world = createWorld();
    const tenant = await world.tenant();
    const token = await browserToken(world, tenant);
    const warm = world.isolate();
    expect((await warm.submit(token.token)).status).toBe(200);
    expect((await end(world, { keyId: tenant.keyId, tokenId: token.id })).status).toBeLessThan(300);
    expect(await warm.submit(token.token)).toMatchObject({ status: 401, body: { code: 'invalid_key' } });
    expect(world.runcomfy.accepted().count).toBe(1);
  },
);

test('a key that an isolate remembers stops at its expiry, to the second', async ({ expect }) => {
  const world = createWorld();
  const expires = new Date(world.clock.now() + 3_000).toISOString();
  const { token } = await world.tenant({}, { expires_at: expires });
  const { body } = await world.submit(token);
  world.clock.advance(2_999);
  expect((await world.status(token, body.request_id)).status).toBe(200);
  world.clock.advance(1);
  expect((await world.status(token, body.request_id)).status).toBe(401);
});
