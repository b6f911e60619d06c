// RunComfy's own 429 on a submit stays a 429: clients wait and come back. It costs nothing, it stops nothing, and it is
// not taken for one of the customer's limits.

import { test } from 'vitest';
import { readRetryAfter } from '../../src/features/runcomfy/retry-after.ts';
import { booksOf, differences } from '../support/books.ts';
import { expectRefusal, type Refusal } from '../support/problem.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../support/world.ts';

const BUSY: Refusal = {
  status: 429,
  code: 'upstream_busy',
  errorCode: 429001,
  detail: /RunComfy is busy and did not take the job/,
};

/** RunComfy answers each submit so while the fault lasts. */
function beBusy(world: World, answer: () => Response): { stop: () => void } {
  let isBusy = true;
  tapUpstream(world, (response, { method }) => (isBusy && method === 'POST' ? answer() : response));
  return {
    stop() {
      isBusy = false;
    },
  };
}

const answers: [what: string, answer: () => Response][] = [
  ['429 with a code', () => Response.json({ error_code: 429001, error_message: 'x' }, { status: 429 })],
  ['429 without one', () => Response.json({ detail: 'Too Many Requests' }, { status: 429 })],
  ['429 with HTML', () => new Response('<h1>Slow down</h1>', { status: 429 })],
  ['429 with nothing', () => new Response(null, { status: 429 })],
  ['the code under 200', () => Response.json({ error_code: 429001, error_message: 'x' })],
  ['the code under 400', () => Response.json({ error_code: '429001' }, { status: 400 })],
];

test.for(answers)('%s: nothing is spent, and the account goes on', async ([, answer], { expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant({ limits: { requests_per_day: 1, spend_total_usd: 0.25 } });
  const busy = beBusy(world, answer);
  for (let tries = 0; tries < 3; tries += 1) {
    const refused = await world.submit(token);
    // No member `limit`, and the limits that there are have all their room.
    expectRefusal(expect, refused, BUSY);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(refused.headers.get('ratelimit')).toContain('"customer-day";r=1');
    expect(refused.headers.get('comfygate-remaining-usd')).toBe('0.25');
  }
  await world.idle();
  expect(await booksOf(id)).toMatchObject({
    states: { refused: 3 },
    ends: 3,
    heldMicros: 0,
    balanceMicros: 0,
    requests: { day: 0 },
  });
  const { body } = await world.admin('GET', '/admin/health');
  expect(body.accounts[0]).toMatchObject({ state: 'ok', silent_since: null });
  expect(body.customers_held_back).toEqual([]);
  expect(world.logs.filter(({ level }) => level === 'error')).toEqual([]);
  expect(world.logs.filter(({ event }) => event === 'upstream_busy')).toHaveLength(3);

  busy.stop();
  expect((await world.submit(token)).status).toBe(200);
  expect(await differences(world)).toEqual([]);
});

test('the Idempotency-Key is free again', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const post = () =>
    world.call(`/v1/models/${TEXT_TO_VIDEO}`, {
      method: 'POST',
      token,
      body: PROMPT,
      headers: { 'Idempotency-Key': 'one' },
    });
  const busy = beBusy(world, () => new Response(null, { status: 429 }));
  expect((await post()).status).toBe(429);
  busy.stop();
  expect((await post()).status).toBe(200);
  expect(world.runcomfy.accepted().count).toBe(2);
});

test('a 5xx about a rate limit is still an unknown outcome', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  beBusy(world, () =>
    Response.json({ error_code: 429001 }, { status: 503, headers: { 'Retry-After': '1' } }),
  );
  expect((await world.submit(token)).body.code).toBe('outcome_unknown');
  await world.idle();
  expect(await booksOf(id)).toMatchObject({ states: { unconfirmed: 1 }, heldMicros: 250_000 });
});

test('RunComfy’s Retry-After reaches the client', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 429, retry_after: 42 } });
  expect((await world.submit(token)).headers.get('retry-after')).toBe('42');
});

const NOW = Date.parse('2026-03-05T12:00:00.000Z');
const headers: [header: string | null, seconds: number][] = [
  ['42', 42],
  [' 42 ', 42],
  ['1.2', 2],
  ['0', 1],
  ['99999999999999999999', 3600],
  ['3600', 3600],
  ['Thu, 05 Mar 2026 12:01:30 GMT', 90],
  ['Thursday, 05-Mar-26 12:01:30 GMT', 90],
  ['Thu, 05 Mar 2026 11:00:00 GMT', 1],
  ['Fri, 06 Mar 2026 12:00:00 GMT', 3600],
  [null, 10],
  ['', 10],
  ['-5', 10],
  ['soon', 10],
  ['1e3', 10],
  ['Infinity', 10],
  ['2026-03-05T12:01:30Z', 10],
  ['Thu, 99 Foo 2026 12:00:00 GMT', 10],
];

test.for(headers)('Retry-After %j is %d seconds', ([header, seconds], { expect }) => {
  expect(readRetryAfter(header, NOW)).toBe(seconds);
});
