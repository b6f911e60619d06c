// The log and health show the rules that refuse inputs, so that the operator can loosen a rule which RunComfy
// itself does not hold.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { recordedIsolate } from '../support/recorder.ts';
import { createWorld, IMAGE_TO_VIDEO, TEXT_TO_VIDEO, type World } from '../support/world.ts';

const HOUR = 3_600_000;

async function refusedIn(world: World): Promise<unknown> {
  return (await world.admin('GET', '/admin/health')).body.refused_inputs;
}

test('refusals are counted by model, input and rule for a day, and each is logged with the modes', async ({
  expect,
}) => {
  const world = createWorld();
  const { token } = await world.tenant();
  for (let again = 0; again < 3; again += 1) {
    await world.submit(token, { prompt: 'x', frames: 120 });
  }
  await world.submit(token, {});
  const media = { prompt: 'x', image_urls: ['http://shop.dev/a.png'] };
  await world.submit(token, media, IMAGE_TO_VIDEO);
  // A refusal writes nothing: the first submit after ten seconds does. Neither an accepted input nor an estimate is one.
  expect(await refusedIn(world)).toEqual([]);
  world.clock.advance(10_000);
  await world.submit(token);
  const estimate = { method: 'POST', token, body: { prompt: 5 } };
  expect((await world.call(`/v1/estimate/${TEXT_TO_VIDEO}`, estimate)).status).toBe(422);
  await world.idle();
  const counted = [
    { model_id: TEXT_TO_VIDEO, input: 'frames', rule: 'enum', refused: 3 },
    { model_id: IMAGE_TO_VIDEO, input: 'image_urls', rule: 'media', refused: 1 },
    { model_id: TEXT_TO_VIDEO, input: 'prompt', rule: 'required', refused: 1 },
  ];
  expect(await refusedIn(world)).toEqual(counted);
  expect(world.logs).toContainEqual({
    level: 'info',
    event: 'input_refused',
    model: TEXT_TO_VIDEO,
    input: 'frames',
    rule: 'enum',
    validation: 'enforce',
    media: 'enforce',
  });
  const refuseOnce = async () => {
    await world.submit(token, { prompt: 'x', frames: 120 });
    world.clock.advance(10_000);
    await world.submit(token);
    await world.idle();
  };
  world.clock.advance(22 * HOUR);
  await refuseOnce();
  expect(await refusedIn(world)).toContainEqual({ ...counted[0], refused: 4 });
  world.clock.advance(3 * HOUR);
  await refuseOnce();
  expect(await refusedIn(world)).toEqual([{ ...counted[0], refused: 2 }]);
  // Refusals older than a day are deleted.
  const { results } = await env.DB.prepare('SELECT hour_ms FROM refusals').all();
  expect(results).toHaveLength(2);
});

test('a name that a customer made up is not kept, and a flood is one write', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const input_schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
  await world.admin('PUT', '/admin/models/acme/closed', { input_schema, price: { usd: 1, unit: 'output' } });
  const isolate = recordedIsolate(world);
  const writes = () =>
    isolate.calls.filter(
      (call) => call.what === 'D1' && call.statements.some((sql) => sql.includes('INTO refusals')),
    ).length;
  for (let again = 0; again < 50; again += 1) {
    await isolate.submit(token, { [`secret ${again}`]: 1 }, 'acme/closed');
  }
  expect(writes()).toBe(0);
  world.clock.advance(10_000);
  await isolate.submit(token, { 'secret 50': 1 }, 'acme/closed');
  await world.idle();
  expect(writes()).toBe(1);
  const { results } = await env.DB.prepare("SELECT * FROM refusals WHERE model_id = 'acme/closed'").all();
  expect(results).toEqual([
    expect.objectContaining({ input: '', rule: 'additionalProperties', refused: 50 }),
  ]);
});
