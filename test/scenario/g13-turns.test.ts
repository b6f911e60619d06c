// G13: the reports of one customer run one after another, so that they do not keep D1 from the submits of others.
//
// Interleavings, in each of which every report is answered:
// 1. eight reports of one customer at once; meanwhile another customer reports and submits
// 2. a report fails
// 3. a report never ends, as if the platform had cancelled its call

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { guardedDb } from '../support/stores.ts';
import { rest } from '../support/turnstile.ts';
import { createWorld, type Reply, type Tenant, type World } from '../support/world.ts';

type Report = { customer: unknown; end: (failing?: 'failing') => void };

/** An isolate whose reports wait in D1 until the test ends them. */
function heldReports(world: World) {
  const inD1: Report[] = [];
  const arrivals = new Map<number, () => void>();
  const DB = guardedDb(env.DB, async (call, run) => {
    if (call.what === 'D1' && call.text.includes('usage_days')) {
      const failing = await new Promise<'failing' | undefined>((end) => {
        inD1.push({ customer: call.values.at(-1), end });
        arrivals.get(inD1.length)?.();
      });
      if (failing === 'failing') {
        throw new Error('D1 is away');
      }
    }
    return run();
  });
  const isolate = world.isolate({ DB });
  return {
    submit: isolate.submit,
    report: ({ token }: Tenant) => isolate.call('/v1/usage', { token }),
    /** The customers whose reports have reached D1, in order, once there are `count` and all has come to rest. */
    async reached(count: number): Promise<unknown[]> {
      if (inD1.length < count) {
        await new Promise<void>((arrive) => arrivals.set(count, arrive));
      }
      await rest();
      return inD1.map(({ customer }) => customer);
    },
    end: (index: number, failing?: 'failing') => inD1[index]?.end(failing),
  };
}

const statusesOf = async (replies: Promise<Reply>[]) =>
  (await Promise.all(replies)).map(({ status }) => status);

test('1: eight reports of a customer are in D1 one at a time; another customer waits for none of them', async ({
  expect,
}) => {
  const world = createWorld();
  const [ada, bob] = [await world.tenant(), await world.tenant()];
  const gate = heldReports(world);
  const ofAda = Array.from({ length: 8 }, () => gate.report(ada));
  expect(await gate.reached(1)).toEqual([ada.id]);
  const ofBob = gate.report(bob);
  expect(await gate.reached(2)).toEqual([ada.id, bob.id]);
  expect((await gate.submit(bob.token)).status).toBe(200);
  gate.end(1);
  expect((await ofBob).status).toBe(200);
  gate.end(0);
  for (let index = 2; index < 9; index += 1) {
    expect((await gate.reached(index + 1)).length).toBe(index + 1);
    gate.end(index);
  }
  expect(await statusesOf(ofAda)).toEqual([200, 200, 200, 200, 200, 200, 200, 200]);
});

test('2: after a report that fails comes the next', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const gate = heldReports(world);
  const reports = [gate.report(ada), gate.report(ada)];
  await gate.reached(1);
  gate.end(0, 'failing');
  await gate.reached(2);
  gate.end(1);
  expect(new Set(await statusesOf(reports))).toEqual(new Set([200, 500]));
});

test('3: a report that never ends holds the others up for two seconds', async ({ expect }) => {
  const world = createWorld();
  const ada = await world.tenant();
  const gate = heldReports(world);
  const reports = [gate.report(ada), gate.report(ada), gate.report(ada)];
  await gate.reached(1);
  world.clock.pass(1_999);
  expect((await gate.reached(1)).length).toBe(1);
  world.clock.pass(1);
  expect((await gate.reached(3)).length).toBe(3);
  gate.end(1);
  gate.end(2);
  expect((await Promise.any(reports)).status).toBe(200);
  gate.end(0);
  expect(await statusesOf(reports)).toEqual([200, 200, 200]);
});
