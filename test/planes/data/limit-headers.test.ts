// G11: the limit headers of every answer to a submit, accepted or refused.

import { test } from 'vitest';
import { browserToken } from '../../support/browser-token.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type Reply, type World } from '../../support/world.ts';

const committed = ({ headers }: Reply) => headers.get('comfygate-committed-usd');
const remaining = ({ headers }: Reply) => headers.get('comfygate-remaining-usd');
const rates = ({ headers }: Reply) => headers.get('ratelimit');

async function credit(world: World, id: string, amount: number): Promise<void> {
  await world.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: amount, note: 'credit' });
}

test('committed is what is held, remaining what the tightest limit leaves', async ({ expect }) => {
  const world = createWorld();
  const limits = { spend_per_day_usd: 2, spend_total_usd: 1.1 };
  const { token } = await world.tenant({ limits }, { limits: { spend_per_month_usd: 5 } });
  const first = await world.submit(token);
  expect([committed(first), remaining(first)]).toEqual(['0.25', '0.85']);
  const second = await world.submit(token);
  expect([committed(second), remaining(second)]).toEqual(['0.5', '0.6']);
  // Charged money is not committed any more, and does not come back.
  world.clock.advance(10_000);
  await world.result(token, first.body.request_id);
  await world.idle();
  const third = await world.submit(token);
  expect([committed(third), remaining(third)]).toEqual(['0.5', '0.35']);
});

test('prepaid: the balance minus what is held, or less where a limit leaves less', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ prepaid: true });
  await credit(world, id, 1);
  const first = await world.submit(token);
  expect([committed(first), remaining(first)]).toEqual(['0.25', '0.75']);
  await world.admin('PATCH', `/admin/customers/${id}`, { limits: { spend_per_day_usd: 0.6 } });
  const second = await world.submit(token);
  expect([committed(second), remaining(second)]).toEqual(['0.5', '0.1']);
  const refused = await world.submit(token);
  expect(refused).toMatchObject({ status: 402, body: { limit: { name: 'spend_per_day_usd', left: 0.1 } } });
  expect([committed(refused), remaining(refused)]).toEqual(['0.5', '0.1']);
});

test('without a money limit there is no remaining amount', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const reply = await world.submit(token);
  expect([committed(reply), remaining(reply)]).toEqual(['0.25', null]);
});

test('refusals for counts carry the same headers', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { requests_per_day: 1, spend_total_usd: 1 } });
  await world.submit(token);
  const refused = await world.submit(token);
  expect(refused).toMatchObject({ status: 429, body: { limit: { used: 1, left: 0 } } });
  expect([committed(refused), remaining(refused)]).toEqual(['0.25', '0.75']);
  expect(rates(refused)).toBe('"customer-day";r=0;t=43200');
  expect(refused.headers.get('ratelimit-policy')).toBe('"customer-day";q=1;w=86400');
});

test('a refusal by RunComfy has given everything back, an unknown outcome has not', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { requests_per_day: 3, spend_total_usd: 1 } });
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  const refused = await world.submit(token);
  expect(refused.status).toBe(422);
  expect([committed(refused), remaining(refused), rates(refused)]).toEqual([
    '0',
    '1',
    '"customer-day";r=3;t=43200',
  ]);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  const unknown = await world.submit(token);
  expect(unknown.status).toBe(502);
  expect([committed(unknown), remaining(unknown), rates(unknown)]).toEqual([
    '0.25',
    '0.75',
    '"customer-day";r=2;t=43200',
  ]);
});

test('a replay has the current limits and changes none', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant({ limits: { requests_per_day: 3, spend_total_usd: 1 } });
  const again = () =>
    world.call(`/v1/models/${TEXT_TO_VIDEO}`, {
      method: 'POST',
      token,
      body: PROMPT,
      headers: { 'Idempotency-Key': 'k' },
    });
  await again();
  await world.idle();
  const replay = await again();
  expect(replay.headers.get('idempotent-replayed')).toBe('true');
  expect([committed(replay), remaining(replay), rates(replay)]).toEqual([
    '0.25',
    '0.75',
    '"customer-day";r=2;t=43200',
  ]);
});

test('a customer who may not spend gets no figures', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 3, spend_total_usd: 1 } });
  await world.submit(token);
  await world.isolate().admin('PATCH', `/admin/customers/${id}`, { status: 'suspended' });
  const refused = await world.submit(token);
  expect(refused.status).toBe(403);
  expect([committed(refused), remaining(refused), rates(refused)]).toEqual([null, null, null]);
});

test('web pages may read them', async ({ expect }) => {
  const world = createWorld();
  const { token } = await browserToken(world, await world.tenant());
  const path = `/v1/models/${TEXT_TO_VIDEO}`;
  const fromPage = { method: 'POST', token, body: PROMPT, headers: { Origin: 'https://page.test' } };
  const exposed = (await world.call(path, fromPage)).headers.get('access-control-expose-headers');
  expect(exposed).toMatch(/Comfygate-Committed-Usd,\s*Comfygate-Remaining-Usd/);
});
