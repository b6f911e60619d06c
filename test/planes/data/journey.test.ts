import { test } from 'vitest';
import { booksOf } from '../../support/books.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO } from '../../support/world.ts';

test('a key submits a job, polls it, fetches its result, and is charged once', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();

  const submitted = await world.submit(token);
  expect(submitted.status).toBe(200);
  const jobId = submitted.body.request_id;
  expect(submitted.body).toEqual({
    request_id: expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
    status_url: `https://gate.test/v1/requests/${jobId}/status`,
    result_url: `https://gate.test/v1/requests/${jobId}/result`,
    cancel_url: `https://gate.test/v1/requests/${jobId}/cancel`,
  });
  await world.idle();
  expect(world.runcomfy.accepted().jobs).toMatchObject([{ model_id: TEXT_TO_VIDEO, body: PROMPT }]);
  expect(await booksOf(id)).toMatchObject({ states: { running: 1 }, holds: 1, ends: 0, heldMicros: 250_000 });

  const queued = await world.status(token, jobId);
  expect(queued.body).toMatchObject({
    request_id: jobId,
    status: 'in_queue',
    queue_position: expect.any(Number),
  });
  const createdAt = new Date(world.clock.now()).toISOString();
  expect((await world.result(token, jobId)).body).toEqual({
    request_id: jobId,
    status: 'in_queue',
    created_at: createdAt,
  });
  world.clock.advance(3_000);
  expect((await world.status(token, jobId)).body).toMatchObject({ status: 'in_progress' });
  world.clock.advance(10_000);
  expect((await world.status(token, jobId)).body).toEqual({
    request_id: jobId,
    status: 'completed',
    status_url: `https://gate.test/v1/requests/${jobId}/status`,
    result_url: `https://gate.test/v1/requests/${jobId}/result`,
  });
  await world.idle();
  const { body } = await world.result(token, jobId);
  expect(body).toMatchObject({ request_id: jobId, status: 'succeeded' });
  expect(JSON.stringify(body.output)).toContain('https://');
  expect(await booksOf(id)).toEqual({
    jobs: 1,
    states: { succeeded: 1 },
    holds: 1,
    ends: 1,
    heldMicros: 0,
    balanceMicros: -250_000,
    requests: { day: 1, slice: 1, total: 1 },
  });
});

test('a queued job is cancelled and costs nothing', async ({ expect }) => {
  const world = createWorld();
  const { id, token } = await world.tenant();
  const { body } = await world.submit(token);
  const cancelled = await world.cancel(token, body.request_id);
  expect(cancelled.status).toBe(202);
  expect(cancelled.body).toEqual({ request_id: body.request_id, status: 'completed', outcome: 'cancelled' });
  await world.idle();
  expect((await world.result(token, body.request_id)).body).toMatchObject({ status: 'cancelled' });
  expect(await booksOf(id)).toMatchObject({
    states: { cancelled: 1 },
    ends: 1,
    heldMicros: 0,
    balanceMicros: 0,
  });
});
