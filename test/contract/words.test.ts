// What RunComfy says in words of its own: about an input it reaches the customer, about the operator's account it does
// not, and nothing that passes names the operator (G10).

import { test } from 'vitest';
import { booksOf } from '../support/books.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, type World } from '../support/world.ts';

const TOKEN = 'rc-test-token-0123456789';
const URL_ERROR = 'Input should be a valid URL';

type Complaint = { what: string; status?: number; body: object; errors: [path: string, message: string][] };

const complaints: Complaint[] = [
  {
    what: 'FastAPI’s list of places',
    body: {
      detail: [
        { type: 'url_parsing', loc: ['body', 'input', 'image_urls', 0], msg: URL_ERROR, input: 'x' },
        { type: 'missing', loc: ['body', 'input', 'elements', 2, 'frontal_image'], msg: 'Field required' },
        { type: 'extra', loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' },
      ],
    },
    errors: [
      ['image_urls[0]', `image_urls[0]: ${URL_ERROR}`],
      ['elements[2].frontal_image', 'elements[2].frontal_image: Field required'],
      ['seed', 'seed: Extra inputs are not permitted'],
    ],
  },
  {
    what: 'places beside a sentence and a name',
    body: {
      error_code: 422001,
      error_message: 'the input breaks the schema',
      error: 'ValidationError',
      detail: [{ loc: ['body', 'input', 'prompt'], msg: 'Field required' }],
    },
    errors: [['prompt', 'prompt: Field required']],
  },
  { what: 'a text', body: { detail: 'The image is too small.' }, errors: [['', 'The image is too small.']] },
  { what: 'a message', body: { message: 'too wide' }, errors: [['', 'too wide']] },
  {
    what: 'a sentence and the name of its class',
    body: { error_code: 422001, error_message: 'too wide', error: 'ValidationError' },
    errors: [['', 'too wide']],
  },
  { what: 'an error', body: { error: 'too wide' }, errors: [['', 'too wide']] },
  {
    what: 'an error that is an object',
    body: { error: { code: 'x', message: 'too wide' } },
    errors: [['', 'too wide']],
  },
  {
    what: 'a list of errors',
    body: { errors: [{ code: 1, message: 'too wide' }, { message: 'too high' }] },
    errors: [
      ['', 'too wide'],
      ['', 'too high'],
    ],
  },
  {
    what: 'JSON in a string',
    body: { error: JSON.stringify({ errors: [{ code: 'E1', message: 'too wide' }] }) },
    errors: [['', 'too wide']],
  },
  {
    what: 'places in JSON in a string',
    body: { detail: JSON.stringify([{ loc: ['body', 'input', 'image_urls', 0], msg: URL_ERROR }]) },
    errors: [['image_urls[0]', `image_urls[0]: ${URL_ERROR}`]],
  },
  {
    what: 'a 400',
    status: 400,
    body: { detail: 'The image is too small.' },
    errors: [['', 'The image is too small.']],
  },
  {
    what: 'an error under 200',
    status: 200,
    body: { error_code: 422001, error_message: 'too wide' },
    errors: [['', 'too wide']],
  },
  {
    what: 'a prompt of too many tokens',
    body: { detail: 'The prompt has 900 tokens; 512 are allowed.' },
    errors: [['', 'The prompt has 900 tokens; 512 are allowed.']],
  },
];

test.for(complaints)(
  'a customer reads what RunComfy says of their input: $what',
  async ({ status = 422, body, errors }, { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant();
    tapUpstream(world, () => Response.json(body, { status }));
    const reply = await world.submit(token);
    await world.idle();
    expect(reply).toMatchObject({ status: 422, body: { code: 'invalid_input', error_code: 422001 } });
    const wanted = errors.map(([path, message]) => ({ path, rule: 'runcomfy', message }));
    expect(reply.body.errors).toEqual(wanted);
    expect(reply.body.error_message).toContain(`It said: ${errors[0]?.[1]}`);
    expect(world.logs.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, balanceMicros: 0, heldMicros: 0 });
  },
);

test('a refusal without a reason from RunComfy states the known facts', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  for (const body of [{}, { detail: [] }, { detail: null, error: '  ' }, { detail: [[[[[[[['x']]]]]]]] }]) {
    tapUpstream(world, () => Response.json(body, { status: 422 }));
    const reply = await world.submit(token);
    expect(reply.body.detail).toBe('RunComfy refused the input; nothing was spent.');
    expect(reply.body).not.toHaveProperty('errors');
  }
});

test('the validation errors of the simulator reach the customer', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token, { prompt: '[sim:validation]' });
  expect(body.errors).toEqual([
    { path: 'image_urls[0]', rule: 'runcomfy', message: `image_urls[0]: ${URL_ERROR}` },
  ]);
});

test('a refusal of any length stays short', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const detail = Array.from({ length: 500 }, () => ({
    loc: ['body', 'input', 'x'.repeat(5_000)],
    msg: 'y'.repeat(5_000),
  }));
  tapUpstream(world, () => Response.json({ detail }, { status: 422 }));
  const { body } = await world.submit(token);
  expect(body.errors).toHaveLength(20);
  expect(JSON.stringify(body).length).toBeLessThan(20_000);
});

const ABOUT_ACCOUNT: unknown[] = [
  'Insufficient balance: top up your account.',
  { code: 'UserAccountError', message: 'invalid token' },
  JSON.stringify({ errors: [{ code: 400002, message: 'no credits left' }] }),
  { code: 'x', detail: [{ msg: 'billing of ops@example.com failed' }] },
];

test.for(ABOUT_ACCOUNT)(
  'G10: only the operator sees a 422 about their account: %j',
  async (said, { expect }) => {
    const world = createWorld();
    const { id, token } = await world.tenant();
    tapUpstream(world, () => Response.json({ error: said, detail: 'Something is wrong.' }, { status: 422 }));
    const { status, body } = await world.submit(token);
    await world.idle();
    expect({ status, detail: body.detail }).toEqual({
      status: 422,
      detail: 'RunComfy refused the submit for a reason that only the operator may see. Nothing was spent.',
    });
    expect(JSON.stringify(body)).not.toMatch(/balance|account|token|credit|billing|ops@|Something/i);
    const alarms = world.logs.filter(({ level }) => level === 'error');
    expect(alarms).toMatchObject([{ event: 'upstream_refused_submit', upstream_status: 422 }]);
    expect(await booksOf(id)).toMatchObject({ states: { refused: 1 }, heldMicros: 0 });
  },
);

type Failed = { world: World; token: string; jobId: string; upstreamId: string };

async function failed(errorOf: (upstreamId: string) => unknown): Promise<Failed> {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  world.runcomfy.finish(upstreamId, { as: 'failed', error: errorOf(upstreamId) });
  return { world, token, jobId: body.request_id, upstreamId };
}

test.for(ABOUT_ACCOUNT)(
  'G10: only the operator sees that a job failed because of their account, once: %j',
  async (said, { expect }) => {
    const { world, token, jobId, upstreamId } = await failed(() => said);
    const replies = await Promise.all(Array.from({ length: 10 }, () => world.isolate().result(token, jobId)));
    await world.idle();
    world.clock.advance(3_600_000);
    await world.cron();
    replies.push(await world.result(token, jobId), await world.isolate().result(token, jobId));
    world.runcomfy.forget(upstreamId);
    replies.push(await world.isolate().result(token, jobId));
    for (const { body } of replies) {
      expect(body).toMatchObject({
        status: 'failed',
        error: {
          code: 'failed',
          message: 'The job failed for a reason that only the operator can see. Nothing was charged.',
        },
      });
    }
    const alarms = world.logs.filter(({ event }) => event === 'job_failed_for_account');
    expect(alarms).toEqual([
      { level: 'error', event: 'job_failed_for_account', job: jobId, account: 'acct_env' },
    ]);
    // The operator reads what RunComfy said.
    const { body } = await world.admin('GET', `/admin/jobs/${jobId}`);
    expect(body.result.error).toEqual(said);
  },
);

test('G10: why a job failed passes in RunComfy’s form, without token, addresses and ids', async ({
  expect,
}) => {
  const { world, token, jobId, upstreamId } = await failed((id) => ({
    code: 'nsfw',
    message: `Run ${id} of ops@example.com was flagged (${TOKEN}).`,
    steps: [{ [id]: 'a@b.cd', at: 7 }],
    text: JSON.stringify({ errors: [{ message: `see ${id}` }] }),
  }));
  const wanted = {
    code: 'nsfw',
    message: `Run ${jobId} of [removed] was flagged ([removed]).`,
    steps: [{ [jobId]: '[removed]', at: 7 }],
    text: JSON.stringify({ errors: [{ message: `see ${jobId}` }] }),
  };
  expect((await world.result(token, jobId)).body.error).toEqual(wanted);
  await world.idle();
  expect((await world.result(token, jobId)).body.error).toEqual(wanted);
  world.runcomfy.forget(upstreamId);
  expect((await world.isolate().result(token, jobId)).body.error).toEqual(wanted);
  const { body } = await world.admin('GET', `/admin/jobs/${jobId}`);
  expect(JSON.stringify(body)).not.toContain(TOKEN);
  expect(world.logs.filter(({ level }) => level === 'error')).toEqual([]);
});

test('G10: an id of RunComfy’s that is a number becomes ours, as a number too', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const answers = ['{"request_id":9007199254740993}', '{"request_id":4711}'];
  for (const answer of answers) {
    const [digits] = /\d+/.exec(answer)!;
    tapUpstream(world, (_response, { method }) =>
      method === 'POST'
        ? new Response(answer)
        : new Response(
            `{"status":"failed","error":{"request_id":${digits},"step":4},"input":{"seed":12,"of":[${digits}]}}`,
          ),
    );
    const { body } = await world.submit(token);
    await world.idle();
    const id: string = body.request_id;
    const { body: told } = await world.isolate().result(token, id);
    expect(told.error).toEqual({ request_id: id, step: 4 });
    expect(told.input).toEqual({ seed: 12, of: [id] });
    await world.idle();
  }
});

test('an error that is a text stays a text', async ({ expect }) => {
  const { world, token, jobId } = await failed(() => 'CUDA out of memory');
  expect((await world.result(token, jobId)).body.error).toBe('CUDA out of memory');
});

test('G7: no form of an answer carries our token to a customer', async ({ expect }) => {
  const { world, token, jobId } = await failed(() => 'x');
  const escaped = TOKEN.replaceAll('-', String.raw`\u002d`);
  for (const said of [TOKEN, escaped]) {
    tapUpstream(world, () => new Response(`{"status":"succeeded","output":{"text":"a ${said} b"}}`));
    const { body } = await world.isolate().result(token, jobId);
    expect(body.output).toEqual({ text: 'a [removed] b' });
    tapUpstream(world, () => new Response(`{"detail":"Unknown input ${said}."}`, { status: 422 }));
    expect((await world.submit(token)).body.errors[0].message).toBe('Unknown input [removed].');
  }
});

test('G7: no answer carries our token in JSON escapes', async ({ expect }) => {
  const { world, token, jobId } = await failed(() => 'x');
  const quoted = String.raw`rc-"quoted"\token-0123456789`;
  const isolate = world.isolate({ RUNCOMFY_TOKEN: quoted });
  tapUpstream(world, () => Response.json({ status: 'succeeded', output: { text: `a ${quoted} b` } }));
  const { body } = await isolate.result(token, jobId);
  expect(body.output).toEqual({ text: 'a [removed] b' });
});

test('a refused submit names no request of RunComfy’s and no address', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const said = 'up-5f3a9c-77: too wide, ask ops@example.com';
  const places = [{ loc: ['body', 'up-5f3a9c-77', 'ops@example.com', 0], msg: said }];
  for (const detail of [said, places]) {
    tapUpstream(world, () => Response.json({ request_id: 'up-5f3a9c-77', detail }, { status: 422 }));
    const reply = await world.submit(token);
    expect(reply.body.errors[0].message).toContain('[removed]: too wide, ask [removed]');
    expect(JSON.stringify(reply.body)).not.toMatch(/up-5f3a9c|ops@/);
  }
});

test('what the customer sent comes back as they sent it, addresses and all', async ({ expect }) => {
  const world = createWorld();
  world.runcomfy.settings({ echo_input: true });
  const { token } = await world.tenant();
  const input = { prompt: 'a card for ada@example.com: my account, my token, my balance' };
  const { body } = await world.submit(token, input);
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  const output = { image: `https://playgrounds-storage-public.runcomfy.net/${upstreamId}/a@b.png` };
  world.runcomfy.finish(upstreamId, { as: 'succeeded', output });
  for (const isolate of [world, world.isolate()]) {
    expect((await isolate.result(token, body.request_id)).body).toMatchObject({ input, output });
    await world.idle();
  }
});

test('a submit that RunComfy answers with “Redis lock timeout” is not sent again, and its id can be polled', async ({
  expect,
}) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { status, body } = await world.submit(token, { prompt: '[sim:redis_lock]' });
  await world.idle();
  expect({ status, code: body.code }).toEqual({ status: 502, code: 'outcome_unknown' });
  expect(JSON.stringify(body)).not.toContain('Redis');
  expect(world.runcomfy.calls().counts.submit).toBe(1);
  expect((await world.result(token, body.request_id)).body.status).toBe('in_queue');
  expect(await booksOf(id)).toMatchObject({ states: { unconfirmed: 1 }, ends: 0, heldMicros: 250_000 });
});
