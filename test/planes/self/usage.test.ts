// GET /v1/usage: a customer's own jobs and their charges, never the operator's cost.

import { test } from 'vitest';
import { browserToken } from '../../support/browser-token.ts';
import { expectRefusal } from '../../support/problem.ts';
import { endedJob, usageText } from '../../support/usage.ts';
import { createWorld, TEXT_TO_VIDEO, type Tenant, type World } from '../../support/world.ts';

const ALL = 'group_by=key,model,day';

type Made = { world: World; ada: Tenant; eve: Tenant; browser: { id: string; token: string } };

/** Ada: one job by her key, two by a browser token (one lost), one running each; Eve: one job. All cost too much. */
async function someUsage(): Promise<Made> {
  const world = createWorld();
  const ada = await world.tenant({ markup: 3 });
  const eve = await world.tenant();
  const browser = await browserToken(world, ada, { ttlMs: 72 * 3_600_000 });
  await endedJob(world, eve.token, { as: 'succeeded', cost_usd: 0.654321 });
  const own = await endedJob(world, ada.token, { as: 'succeeded', cost_usd: 0.987654 });
  const tokens = await endedJob(world, browser.token, { as: 'succeeded', cost_usd: 0.987654 });
  for (const [job, amount_usd] of [
    [own, 0.5],
    [tokens, -0.125],
  ] as const) {
    const adjustment = { amount_usd, note: 'x', job, force: true };
    await world.admin('POST', `/admin/customers/${ada.id}/credits`, adjustment);
  }
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut' }, times: 1 });
  await world.submit(browser.token);
  world.clock.advance(24 * 3_600_000);
  await world.cron();
  world.runcomfy.settings({ hold: 'in_progress' });
  await world.submit(ada.token);
  await world.submit(browser.token);
  await world.idle();
  return { world, ada, eve, browser };
}

async function usage(world: World, token: string, query = ''): Promise<any> {
  const { status, body } = await world.call(`/v1/usage?${query}`, { token });
  if (status !== 200) {
    throw new Error(`no report: ${JSON.stringify(body)}`);
  }
  return body;
}

test('a key sees all jobs of its customer, a browser token its own', async ({ expect }) => {
  const { world, ada, eve, browser } = await someUsage();
  const total = {
    jobs: 3,
    succeeded: 2,
    failed: 1,
    cancelled: 0,
    charged_usd: 1.5,
    adjusted_usd: 0.375,
  };
  expect(await usage(world, ada.token)).toEqual({
    from: '2026-03-01T00:00:00.000Z',
    to: '2026-04-01T00:00:00.000Z',
    items: [total],
    total,
    open: { jobs: 2, held_usd: 1.5 },
  });
  const ofToken = { ...total, jobs: 2, succeeded: 1, charged_usd: 0.75, adjusted_usd: -0.125 };
  expect(await usage(world, browser.token, 'group_by=key')).toMatchObject({
    items: [{ key: ada.keyId, ...ofToken }],
    total: ofToken,
    open: { jobs: 1, held_usd: 0.75 },
  });
  expect(await usage(world, eve.token)).toMatchObject({
    total: { jobs: 1, charged_usd: 0.25, adjusted_usd: 0 },
    open: { jobs: 0, held_usd: 0 },
  });
  // A second key of the same customer sees the same; a token that started nothing sees nothing.
  const second = await world.key(ada);
  expect(await usage(world, second.key, ALL)).toEqual(await usage(world, ada.token, ALL));
  const idle = await browserToken(world, ada);
  expect(await usage(world, idle.token, ALL)).toMatchObject({
    items: [],
    total: { jobs: 0, charged_usd: 0, adjusted_usd: 0 },
    open: { jobs: 0, held_usd: 0 },
  });
});

test('groups and CSV are those of the operator, without the customer', async ({ expect }) => {
  const { world, ada } = await someUsage();
  expect(await usageText(world, `/v1/usage?${ALL}&format=csv`, ada.token)).toEqual({
    status: 200,
    type: 'text/csv; charset=utf-8',
    text: [
      'key,model_id,day,jobs,succeeded,failed,cancelled,charged_usd,adjusted_usd\r\n',
      `${ada.keyId},${TEXT_TO_VIDEO},2026-03-05,2,2,0,0,1.5,0.375\r\n`,
      `${ada.keyId},${TEXT_TO_VIDEO},2026-03-06,1,0,1,0,0,0\r\n`,
    ].join(''),
  });
});

test('G10: neither cost nor loss nor margin, nor anybody else, in any answer', async ({ expect }) => {
  const { world, ada, eve, browser } = await someUsage();
  const { body } = await world.admin('GET', '/admin/usage?group_by=customer');
  const row = body.items.find((item: any) => item.customer === ada.id);
  // The figures exist, so their absence below means something.
  expect(row).toMatchObject({ cost_usd: 1.975308, loss_usd: 0.475308, margin_usd: -0.850308 });
  const secrets = [eve.id, eve.keyId, ada.id, '1.975308', '0.475308', '0.850308', '0.987654', '0.65', '0.25'];
  for (const token of [ada.token, browser.token]) {
    for (const format of ['json', 'csv']) {
      for (const groups of ['', `&${ALL}`, '&group_by=model']) {
        const { status, text } = await usageText(world, `/v1/usage?format=${format}${groups}`, token);
        expect(status).toBe(200);
        expect(text).not.toMatch(/cost|loss|lost|margin|markup|upstream/i);
        for (const secret of secrets) {
          expect(text).not.toContain(secret);
        }
      }
    }
  }
});

const wrong = [
  'customer=cus_x',
  'group_by=customer',
  'group_by=key,key',
  'group_by=account',
  'key=x',
  'from=2030-01-01T00:00:00Z',
  'to=now',
];

test.for(wrong)('GET /v1/usage?%s is refused', async (query, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  expectRefusal(expect, await world.call(`/v1/usage?${query}`, { token }), {
    status: 400,
    code: 'invalid_parameter',
    errorCode: 400003,
    detail: /./,
    also: ['errors'],
  });
});
