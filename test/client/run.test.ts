// A run from its input to its end, and what a page keeps of it over a reload.
//
// A page may be reloaded
//   before the submit was sent, or while it is on its way → the submit again, same key, same user
//   while the job waits or runs                            → the job is followed
//   after its end                                          → nothing is left
// and no reload may make a second job, nor lose the first.

import { beforeEach, test, vi } from 'vitest';
import { ComfygateError, JobError, type Client, type Progress } from '../../client/src/index.ts';
import { createWatch, type RunState } from '../../client/src/watch.ts';
import { refusal, result, status, SUBMITTED, wire, type Planned } from './wire.ts';

const MODEL = 'some/model';
const INPUT = { prompt: 'x' };
const ADA = { credentials: async () => ({ token: 'cgt_one', end_user: 'ada' }) };

/** The contents of the sessionStorage of a tab. */
let kept: Map<string, string>;

/** Nothing takes time here; the limit only ends what hangs. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 60_000 });

beforeEach(() => {
  kept = new Map();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  });
});

test('a run submits once, polls ever more rarely, and gives the result', async ({ expect }) => {
  const told: Progress[] = [];
  const { client, asked, pauses } = wire([
    SUBMITTED,
    status('in_queue', { queue_position: 2 }),
    status('in_queue', { queue_position: 1 }),
    status('in_progress'),
    status('in_progress'),
    status('completed'),
    result('succeeded', { output: { video: 'https://x/y.mp4' } }),
  ]);
  const done = await client.run(MODEL, INPUT, { onProgress: (progress) => told.push(progress) });
  expect(done.output).toEqual({ video: 'https://x/y.mp4' });
  expect(told).toEqual([
    { status: 'submitting', idempotencyKey: asked[0]!.key, endUser: null },
    { status: 'in_queue', requestId: 'job-1', queuePosition: null },
    { status: 'in_queue', requestId: 'job-1', queuePosition: 2 },
    { status: 'in_queue', requestId: 'job-1', queuePosition: 1 },
    { status: 'in_progress', requestId: 'job-1', queuePosition: null },
  ]);
  expect(pauses).toEqual([1000, 1250, 1562.5, 1953.125]);
  expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
});

test('the pauses end at ten seconds', async ({ expect }) => {
  const polls = Array.from({ length: 20 }, () => status('in_progress'));
  const { client, pauses } = wire([...polls, status('completed'), result('completed')]);
  await client.resume('job-1');
  expect(pauses.at(-1)).toBe(10_000);
});

test.for(['failed', 'cancelled'] as const)(
  'a job that ends %s is an error with its result',
  async (word, { expect }) => {
    const { client } = wire([SUBMITTED, status('completed'), result(word, { error: 'no face in it' })]);
    const error = await client.run(MODEL, INPUT).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JobError);
    expect(error).toMatchObject({ status: word, requestId: 'job-1', message: 'no face in it' });
  },
);

test('completed on status and not yet on result is polled on', async ({ expect }) => {
  const { client, pauses } = wire([
    status('completed'),
    result('in_progress'),
    status('completed'),
    result('succeeded'),
  ]);
  expect(await client.resume('job-1')).toMatchObject({ status: 'succeeded' });
  expect(pauses).toHaveLength(1);
});

test('a submit with an unknown outcome is polled and never sent again', async ({ expect }) => {
  const { client, asked } = wire([
    refusal(502, 'outcome_unknown', { request_id: 'job-7' }),
    status('in_queue'),
    status('completed'),
    result('succeeded'),
  ]);
  await client.run(MODEL, INPUT);
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v1/models/some/model',
    'GET /v1/requests/job-7/status',
    'GET /v1/requests/job-7/status',
    'GET /v1/requests/job-7/result',
  ]);
});

test('polls outlive five minutes without a network, and no longer', async ({ expect }) => {
  const night = Array.from({ length: 49 }, (): Planned => 'cut');
  const morning = wire([status('in_progress'), ...night, status('completed'), result('succeeded')]);
  expect(await morning.client.resume('job-1')).toMatchObject({ status: 'succeeded' });
  const never = wire(['cut']);
  await expect(never.client.resume('job-1')).rejects.toBeInstanceOf(ComfygateError);
  expect(never.asked).toHaveLength(55);
  expect(never.pauses.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(120_000);
});

test('a missing job ends the polling immediately', async ({ expect }) => {
  const { client, asked } = wire([refusal(404, 'job_not_found')]);
  await expect(client.resume('job-9')).rejects.toMatchObject({ code: 'job_not_found' });
  expect(asked).toHaveLength(1);
});

test('a signal ends the watching and leaves the job alone', async ({ expect }) => {
  const controller = new AbortController();
  const { client, asked } = wire([SUBMITTED, status('in_queue')]);
  const stopped = client.run(MODEL, INPUT, {
    signal: controller.signal,
    onProgress: ({ status: word }) => word === 'in_queue' && controller.abort(new Error('closed')),
  });
  await expect(stopped).rejects.toThrow('closed');
  expect(asked.filter(({ path }) => path.endsWith('cancel'))).toEqual([]);
});

/** A watch whose states are written down. */
function watched(client: Client) {
  const states: RunState[] = [];
  return { watch: createWatch(client, 'clip', (state) => states.push(state)), states };
}

test('a watch shows each state and stores nothing after the end', async ({ expect }) => {
  const plan = [SUBMITTED, status('in_progress'), status('completed'), result('succeeded')];
  const { client } = wire(plan, ADA);
  const { watch, states } = watched(client);
  await watch.follow({ model: MODEL, input: INPUT });
  expect(states.map((state) => state.status)).toEqual(['submitting', 'in_queue', 'in_progress', 'succeeded']);
  expect(kept.size).toBe(0);
});

test('a reload while the submit is on its way sends the same submit', async ({ expect }) => {
  const before = wire(['cut'], { ...ADA, wait: () => new Promise(() => undefined) });
  const first = watched(before.client);
  void first.watch.follow({ model: MODEL, input: INPUT });
  await soon(() => expect(before.asked).toHaveLength(1));
  first.watch.stop();

  const after = wire([SUBMITTED, status('completed'), result('succeeded')], ADA);
  const second = watched(after.client);
  second.watch.restore();
  await soon(() => expect(second.states.at(-1)?.status).toBe('succeeded'));
  expect(after.asked[0]).toMatchObject({ key: before.asked[0]!.key, body: INPUT });
  expect(kept.size).toBe(0);
});

test('a reload while the job runs follows it, and submits nothing', async ({ expect }) => {
  let polled = 0;
  const before = wire([SUBMITTED, status('in_progress')], {
    ...ADA,
    wait: async () => {
      polled += 1;
      await new Promise(() => undefined);
    },
  });
  const first = watched(before.client);
  void first.watch.follow({ model: MODEL, input: INPUT });
  await soon(() => expect(polled).toBe(1));
  first.watch.stop();
  expect([...kept]).toEqual([['comfygate:clip', '{"requestId":"job-1"}']]);

  const after = wire([status('completed'), result('succeeded')], ADA);
  const second = watched(after.client);
  second.watch.restore();
  await soon(() => expect(second.states.at(-1)?.status).toBe('succeeded'));
  expect(after.asked.map(({ method }) => method)).toEqual(['GET', 'GET']);
});

test('after a reload another user, or none, sends nothing', async ({ expect }) => {
  const submit = { model: MODEL, input: INPUT, idempotencyKey: 'order-1' };
  kept.set('comfygate:clip', JSON.stringify({ ...submit, endUser: null }));
  const nobody = wire([SUBMITTED]);
  watched(nobody.client).watch.restore();
  kept.set('comfygate:clip', JSON.stringify({ ...submit, endUser: 'bob' }));
  const { client, asked } = wire([SUBMITTED], ADA);
  const { watch, states } = watched(client);
  watch.restore();
  await soon(() => expect(states.at(-1)).toMatchObject({ status: 'failed' }));
  expect([...asked, ...nobody.asked]).toEqual([]);
  // Nor does the next reload.
  expect(JSON.parse(kept.get('comfygate:clip')!)).toMatchObject({ endUser: 'bob' });
});

test.for([
  ['a refused submit', [refusal(429, 'request_limit')], 0],
  ['a submit without an answer', ['cut'], 1],
  ['a job that failed', [SUBMITTED, status('completed'), result('failed')], 0],
  ['a job that is out of sight', [SUBMITTED, 'cut'], 1],
  ['a job that is gone', [SUBMITTED, refusal(404, 'job_not_found')], 0],
] as [string, Planned[], number][])('%s is kept or forgotten', async ([, plan, left], { expect }) => {
  const { watch, states } = watched(wire(plan, ADA).client);
  await watch.follow({ model: MODEL, input: INPUT });
  expect(states.at(-1)).toMatchObject({ status: 'failed', error: expect.any(Error) });
  expect(kept.size).toBe(left);
});

/** A server of the page that mints one token and then fails, in one of the ways of docs/browser.md, until `isUp`. */
function failingServer(answer: () => unknown) {
  const server = { isUp: true };
  return {
    server,
    credentials: async () => {
      const minted = server.isUp ? { token: 'cgt_one', end_user: 'ada' } : answer();
      server.isUp = false;
      return minted as { token: string; end_user: string };
    },
  };
}

const WAYS = [
  ['that cannot be reached', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['that answers without a token', () => ({ error: 'no token' })],
] as const;

test.for(WAYS)('a job outlives its token and a server of the page %s', async ([, answer], { expect }) => {
  const { server, credentials } = failingServer(answer);
  const plan = [SUBMITTED, status('in_progress'), refusal(401, 'invalid_key')];
  const { client, pauses } = wire([...plan, status('completed'), result('succeeded')], {
    credentials,
    async wait(ms) {
      pauses.push(ms);
      server.isUp = pauses.length === 5;
    },
  });
  expect(await client.run(MODEL, INPUT)).toMatchObject({ status: 'succeeded' });
  expect(pauses).toHaveLength(5);
});

test.for(WAYS)('a job is kept if its page gets no token from a server %s', async ([, answer], { expect }) => {
  const { credentials } = failingServer(answer);
  const { client } = wire([SUBMITTED, refusal(401, 'invalid_key')], { credentials });
  const { watch, states } = watched(client);
  await watch.follow({ model: MODEL, input: INPUT });
  expect(states.at(-1)).toMatchObject({ status: 'failed', error: { code: 'no_token', status: 0 } });
  expect([...kept]).toEqual([['comfygate:clip', '{"requestId":"job-1"}']]);
});

test('a submit that may have arrived is kept if its page gets no token', async ({ expect }) => {
  const submit = { model: MODEL, input: INPUT, idempotencyKey: 'order-1', endUser: 'ada' };
  kept.set('comfygate:clip', JSON.stringify(submit));
  const { watch, states } = watched(
    wire([], { credentials: () => Promise.reject(new Error('down')) }).client,
  );
  watch.restore();
  await vi.waitFor(() => expect(states.at(-1)?.status).toBe('failed'));
  expect(JSON.parse(kept.get('comfygate:clip')!)).toEqual(submit);

  const { credentials } = failingServer(() => Promise.reject(new Error('down')));
  const renewing = watched(wire(['cut', refusal(401, 'invalid_key')], { credentials }).client);
  await renewing.watch.follow({ model: MODEL, input: INPUT });
  expect(renewing.states.at(-1)).toMatchObject({ error: { code: 'no_answer' } });
  expect(kept.get('comfygate:clip')).toContain('"endUser":"ada"');
});

test('a cancel before the job has an id is done once it has one', async ({ expect }) => {
  const { client, asked } = wire(
    [SUBMITTED, { body: { outcome: 'cancelled' } }, status('cancelled'), result('cancelled')],
    ADA,
  );
  const { watch, states } = watched(client);
  const done = watch.follow({ model: MODEL, input: INPUT });
  expect(await watch.cancel()).toBeNull();
  await done;
  expect(asked.map(({ path }) => path.split('/').at(-1))).toContain('cancel');
  expect(states.at(-1)).toMatchObject({ status: 'cancelled' });
});

test('a new run replaces the previous one', async ({ expect }) => {
  const { client } = wire([SUBMITTED, SUBMITTED, status('completed'), result('succeeded')], ADA);
  const { watch, states } = watched(client);
  await Promise.all([
    watch.follow({ model: MODEL, input: INPUT }),
    watch.follow({ model: MODEL, input: INPUT }),
  ]);
  expect(states.filter(({ status: word }) => word === 'failed')).toEqual([]);
  expect(states.at(-1)).toMatchObject({ status: 'succeeded' });
});
