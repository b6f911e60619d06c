// Numbers of RunComfy's that no JavaScript program could hold come out as they went in.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { booksOf } from '../support/books.ts';
import { tapUpstream } from '../support/upstream.ts';
import { createWorld, TEXT_TO_VIDEO, type Isolate } from '../support/world.ts';

const SEED = '1234567890123456789';

async function textOf(isolate: Isolate, token: string, id: string): Promise<string> {
  const response = await isolate.raw(`/v1/requests/${id}/result`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return response.text();
}

test('a seed of 19 digits comes back digit for digit, in output and in the echoed input, on each read', async ({
  expect,
}) => {
  const world = createWorld();
  world.runcomfy.settings({ echo_input: true });
  const { token } = await world.tenant();
  const body = `{"prompt":"x","seed":${SEED}}`;
  const submitted = await world.call(`/v1/models/${TEXT_TO_VIDEO}`, { method: 'POST', token, body });
  const id = submitted.body.request_id;
  await world.idle();
  const upstreamId = world.runcomfy.accepted().jobs[0]!.id;
  const output = { video: 'https://x.test/a.mp4', seed: JSON.rawJSON(SEED), deep: [{ at: 1.5 }] };
  world.runcomfy.finish(upstreamId, { as: 'succeeded', output });

  const texts = [await textOf(world, token, id)];
  await world.idle();
  texts.push(await textOf(world, token, id), await textOf(world.isolate(), token, id));
  world.runcomfy.forget(upstreamId);
  texts.push(await textOf(world.isolate(), token, id));
  for (const text of texts) {
    expect(text).toContain(`"input":{"prompt":"x","seed":${SEED}}`);
    expect(text).toContain(`"seed":${SEED},"deep":[{"at":1.5}]`);
  }
  const { body: shown } = await world.admin('GET', `/admin/jobs/${id}`);
  expect(shown.result.output.video).toBe('https://x.test/a.mp4');
});

test('NaN and Infinity in a result are null, and the job is charged as any other', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  world.runcomfy.fault({ on: 'any', fault: { kind: 'nan' } });
  expect((await world.status(token, body.request_id)).body.status).toBe('in_queue');
  expect((await world.result(token, body.request_id)).body.status).toBe('in_queue');
  world.clock.advance(2_000);
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, {
    as: 'succeeded',
    output: { caption: 'NaN, "Infinity" and -Infinity' },
  });
  const wanted = { score: null, range: [null, null], caption: 'NaN, "Infinity" and -Infinity' };
  expect((await world.result(token, body.request_id)).body.output).toEqual(wanted);
  await world.idle();
  expect((await world.isolate().result(token, body.request_id)).body.output).toEqual(wanted);
  expect(await booksOf(id)).toMatchObject({ states: { succeeded: 1 }, balanceMicros: -250_000 });
});

test.for(['9007199254740993', '12345678901234567890123'])(
  'a job that RunComfy calls %s is found again under each of its digits',
  async (upstreamId, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const sent = tapUpstream(world, (_response, request) =>
      request.method === 'POST'
        ? new Response(`{"request_id":${upstreamId}}`)
        : new Response(`{"request_id":${upstreamId},"status":"in_progress"}`),
    );
    const { status, body } = await world.submit(token);
    expect(status).toBe(200);
    await world.idle();
    await world.isolate().status(token, body.request_id);
    expect(sent.at(-1)?.url).toMatch(new RegExp(`/v1/requests/${upstreamId}/status$`));
    const noted = 'SELECT upstream_id FROM jobs WHERE id = ?1';
    expect(await env.DB.prepare(noted).bind(body.request_id).first('upstream_id')).toBe(upstreamId);
  },
);

test.for([
  ['0.25000000000000000000', 250_000],
  ['2.5E-1', 250_000],
  ['0.1234565000000000000001', 123_457],
] as const)('a cost of %s is booked as the amount that it is', async ([cost, micros], { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const { body } = await world.submit(token);
  await world.idle();
  tapUpstream(world, () => new Response(`{"status":"succeeded","output":{"a":"b"},"cost":${cost}}`));
  await world.result(token, body.request_id);
  await world.idle();
  const booked = 'SELECT cost_micros FROM jobs WHERE id = ?1';
  expect(await env.DB.prepare(booked).bind(body.request_id).first('cost_micros')).toBe(micros);
});
