// A statement lists what a customer owes for a month, at the prices when the jobs were admitted.

import { test } from 'vitest';
import { createWorld, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const DAY = 86_400_000;
const at = (day: string) => Date.parse(`${day}T00:00:00Z`);

type End = Parameters<World['runcomfy']['finish']>[1];

async function endedJob(world: World, token: string, end: End = { as: 'succeeded', cost_usd: 0.2 }) {
  const { body } = await world.submit(token);
  await world.idle();
  world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, end);
  await world.result(token, body.request_id);
  await world.idle();
  return body.request_id as string;
}

test('a line for each price, each with what it came to; adjustments in their own month', async ({
  expect,
}) => {
  const world = createWorld(at('2026-03-30'));
  const ada = await world.tenant({ name: 'Ada', external_id: 'crm-statement', markup: 1.25 });
  const other = await world.tenant();
  await endedJob(world, other.token);
  const first = await endedJob(world, ada.token);
  await endedJob(world, ada.token, { as: 'failed', error: 'no' });
  const price = { usd: 0.1, unit: 'second', quantity: 'frames' };
  await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { price });
  world.clock.advance(60_000);
  await endedJob(world, ada.token);
  await world.admin('PUT', `/admin/customers/${ada.id}/prices/${TEXT_TO_VIDEO}`, { usd: 0.01 });
  world.clock.advance(60_000);
  await endedJob(world, ada.token);
  // Today's price is on no line.
  await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { price: { ...price, usd: 9 } });
  world.clock.advance(3 * DAY);
  const credit = { amount_usd: 0.1, note: 'sorry', job: first };
  await world.admin('POST', `/admin/customers/${ada.id}/credits`, credit);
  await world.admin('POST', `/admin/customers/${ada.id}/credits`, { amount_usd: 5, note: 'paid' });

  const read = (query: string) => world.admin('GET', `/admin/customers/${ada.id}/statement${query}`);
  const line = { model_id: TEXT_TO_VIDEO, markup: 1.25, adjusted_usd: 0 };
  expect((await read('?month=2026-03')).body).toEqual({
    customer: ada.id,
    name: 'Ada',
    external_id: 'crm-statement',
    from: '2026-03-01T00:00:00.000Z',
    to: '2026-04-01T00:00:00.000Z',
    lines: [
      {
        ...line,
        price: { ...price, own: true },
        unit_usd: 0.01,
        jobs: 1,
        succeeded: 1,
        charged_usd: 0.05,
        due_usd: 0.05,
      },
      {
        ...line,
        price: { ...price, usd: 0.05, own: false },
        unit_usd: 0.0625,
        jobs: 2,
        succeeded: 1,
        charged_usd: 0.3125,
        due_usd: 0.3125,
      },
      {
        ...line,
        price: { ...price, own: false },
        unit_usd: 0.125,
        jobs: 1,
        succeeded: 1,
        charged_usd: 0.625,
        due_usd: 0.625,
      },
    ],
    total: { jobs: 4, succeeded: 3, charged_usd: 0.9875, adjusted_usd: 0, due_usd: 0.9875 },
  });
  // Without a month: this one, in which money was given back for a job of the last.
  const { body: april } = await read('');
  expect(april.lines).toEqual([
    {
      ...line,
      price: { ...price, usd: 0.05, own: false },
      unit_usd: 0.0625,
      jobs: 0,
      succeeded: 0,
      charged_usd: 0,
      adjusted_usd: 0.1,
      due_usd: -0.1,
    },
  ]);
  expect(april.total.due_usd).toBe(-0.1);
  expect((await read('?month=2026-02')).body).toMatchObject({ lines: [], total: { due_usd: 0 } });
});

test('an invalid month is refused, an unknown customer is not found', async ({ expect }) => {
  const world = createWorld();
  const { id } = await world.tenant();
  for (const month of ['2026-13', '2026-00', '0001-01', '26-01', '2026-1', '']) {
    const { status, body } = await world.admin('GET', `/admin/customers/${id}/statement?month=${month}`);
    expect({ month, status, path: body.errors?.[0].path }).toEqual({ month, status: 400, path: 'month' });
  }
  expect((await world.admin('GET', `/admin/customers/${id}/statement?month=9999-12`)).status).toBe(200);
  expect((await world.admin('GET', '/admin/customers/cus_nobody/statement')).status).toBe(404);
});
