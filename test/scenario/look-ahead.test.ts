// The look-up of a key adds no round trips to a call if they can be made in parallel or after the answer.
// Interleavings: D1 is slower than KV and KV slower than D1; D1 hangs while the key is looked up behind an answer; a key
// is revoked before that; the copy of the owner is missing, so that the look ahead finds nothing.

import { test } from 'vitest';
import type { OutsideCall } from '../support/stores.ts';
import { slowIsolate, type Slow } from '../support/slow-stores.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type Reply } from '../support/world.ts';

/** The look-up of a key. */
function isLookUp(call: OutsideCall): boolean {
  return call.what === 'D1' && call.text.includes('FROM keys k');
}

/** The answer, for which no time may have to pass. */
async function answered(slow: Slow, call: Promise<Reply>): Promise<Reply> {
  await slow.settle();
  return call;
}

async function oneJob() {
  const world = createWorld();
  world.runcomfy.settings({ hold: 'in_progress' });
  const tenant = await world.tenant();
  const { body } = await world.submit(tenant.token);
  await world.idle();
  return { world, tenant, id: String(body.request_id) };
}

test('a cold poll asks D1 for the key and KV for the owner at once', async ({ expect }) => {
  const { world, tenant, id } = await oneJob();
  const slow = slowIsolate(world, (call) => (isLookUp(call) ? 'hang' : 'none'));
  const poll = slow.status(tenant.token, id);
  await slow.settle();
  expect(slow.calls.map(({ what }) => what)).toEqual(['D1', 'KV get']);
  await slow.applyLate();
  expect((await slow.wait(poll)).status).toBe(200);
  expect(slow.calls.filter(({ what }) => what === 'KV get')).toHaveLength(1);
});

test('a cold poll of a foreign job learns nothing by the look ahead', async ({ expect }) => {
  const { world, id } = await oneJob();
  const neighbour = await world.tenant();
  const cold = world.isolate();
  for (let time = 0; time < 2; time += 1) {
    expect((await cold.status(neighbour.token, id)).status).toBe(404);
  }
});

test('from 5 s on a remembered key is looked up behind the answer, once in 5 s', async ({ expect }) => {
  const { world, tenant, id } = await oneJob();
  let hangs = false;
  const slow = slowIsolate(world, (call) => (hangs && isLookUp(call) ? 'hang' : 'none'));
  const poll = () => answered(slow, slow.status(tenant.token, id));
  await poll();
  const lookUps = () => slow.calls.filter(isLookUp).length;
  const before = lookUps();

  world.clock.pass(4_999);
  expect((await poll()).status).toBe(200);
  expect(lookUps()).toBe(before);

  world.clock.pass(1);
  hangs = true;
  const atMs = world.clock.now();
  expect((await poll()).status).toBe(200);
  expect((await poll()).status).toBe(200);
  expect(world.clock.now()).toBe(atMs);
  expect(lookUps()).toBe(before + 1);

  await slow.applyLate();
  world.clock.pass(9_999);
  expect((await poll()).status).toBe(200);
});

test('a key that D1 cannot tell of any more is refused 10 s after it was last seen alive', async ({
  expect,
}) => {
  const { world, tenant, id } = await oneJob();
  let hangs = false;
  const slow = slowIsolate(world, (call) => (hangs && isLookUp(call) ? 'hang' : 'none'));
  await answered(slow, slow.status(tenant.token, id));
  hangs = true;
  world.clock.pass(9_999);
  expect((await answered(slow, slow.status(tenant.token, id))).status).toBe(200);
  world.clock.pass(1);
  expect((await slow.wait(slow.status(tenant.token, id))).status).toBe(503);
});

test('a look-up behind an answer that finds the key revoked ends it at once', async ({ expect }) => {
  const { world, tenant, id } = await oneJob();
  const warm = world.isolate();
  expect((await warm.status(tenant.token, id)).status).toBe(200);
  await world.isolate().admin('DELETE', `/admin/keys/${tenant.keyId}`);
  world.clock.advance(5_000);
  expect((await warm.status(tenant.token, id)).status).toBe(200);
  await world.idle();
  expect((await warm.status(tenant.token, id)).status).toBe(401);
});

test('a cold submit has its model and its own price from the round trip of the key', async ({ expect }) => {
  const world = createWorld();
  const tenant = await world.tenant();
  const priced = await world.admin('PUT', `/admin/customers/${tenant.id}/prices/${TEXT_TO_VIDEO}`, {
    usd: 7,
  });
  expect(priced.status).toBe(200);
  const asked: string[][] = [];
  const slow = slowIsolate(world, (call) => {
    // The note of the key's use is written behind the answer.
    if (call.what === 'D1' && !call.text.includes('SET last_used_at_ms')) {
      asked.push(call.statements);
    }
    return 'none';
  });
  const { status, body } = await slow.wait(slow.submit(tenant.token));
  expect(status).toBe(200);
  expect(asked).toHaveLength(3);
  const { body: job } = await world.admin('GET', `/admin/jobs/${body.request_id}`);
  expect(job.hold_usd).toBe(35);
});

test('a cold submit by an alias has the price of the model behind it', async ({ expect }) => {
  const alias = 'bytedance/dreamina-old/text-to-video';
  const world = createWorld();
  const tenant = await world.tenant();
  await world.admin('PUT', `/admin/models/${alias}`, { alias_of: TEXT_TO_VIDEO });
  await world.admin('PUT', `/admin/customers/${tenant.id}/prices/${TEXT_TO_VIDEO}`, { usd: 7 });
  const { body } = await world.isolate().submit(tenant.token, PROMPT, alias);
  const { body: job } = await world.admin('GET', `/admin/jobs/${body.request_id}`);
  expect(job.hold_usd).toBe(35);
});
