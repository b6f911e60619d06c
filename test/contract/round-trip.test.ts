// From the routes to openapi.json, from there to types, from these to a program that runs: it compiles against
// openapi.d.ts, and the answers match its types.

import { test } from 'vitest';
import type { Customer, OwnRequest, Problem } from '../../openapi.d.ts';
import { ADMIN_TOKEN, createWorld, TEXT_TO_VIDEO } from '../support/world.ts';
import { typedClient } from './typed-client.ts';

test('a reseller makes a customer, who submits a job and reads what it cost', async ({ expect }) => {
  const world = createWorld();
  const operator = typedClient(world.raw, ADMIN_TOKEN);
  const customer: Customer = await operator('createCustomer', {
    body: { name: 'Ada', markup: 1.25, prepaid: true, limits: { max_concurrent: 3 } },
  });
  await operator('bookCredit', {
    params: { customer: customer.id },
    headers: { 'Idempotency-Key': 'invoice-1' },
    body: { amount_usd: 10, note: 'invoice 1' },
  });
  const issued = await operator('issueKey', { params: { customer: customer.id }, body: { name: 'server' } });

  const mine = typedClient(world.raw, issued.key);
  const { request_id: id } = await mine('submit', {
    params: { model_id: TEXT_TO_VIDEO },
    body: { prompt: 'a lighthouse in the rain' },
  });
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, { as: 'succeeded', output: { video: 'v' } });
  const result = await mine('getResult', { params: { request_id: id }, query: { include_cost: 'true' } });
  await world.idle();
  expect({ status: result.status, cost: result.cost }).toEqual({ status: 'succeeded', cost: 0.3125 });

  const request: OwnRequest = await mine('getRequest', { params: { request_id: id } });
  expect(request.explanation).toBe('Charged 0.3125 USD: the job succeeded.');
  const { limits, balance_usd: balance } = await mine('getOwnKey', {});
  expect(limits.map(({ name, left }) => [name, left])).toEqual([['max_concurrent', 3]]);
  expect(balance).toBe(9.6875);

  const jobs = await operator('listJobs', { query: { customer: customer.id, limit: 5 } });
  expect(jobs.items.map(({ state, charge_usd }) => [state, charge_usd])).toEqual([['succeeded', 0.3125]]);
  expect(await operator('revokeKey', { params: { key: issued.id } })).toBeNull();
});

test('a refusal is a Problem', async ({ expect }) => {
  const world = createWorld();
  const response = await world.raw('/v1/key');
  const problem: Problem = await response.json();
  expect(problem.code).toBe('invalid_key');
});

test('what the types do not have does not compile', async ({ expect }) => {
  const client = typedClient(createWorld().raw, ADMIN_TOKEN);
  // @ts-expect-error There is no such operation.
  await expect(client('deleteEverything', {})).rejects.toThrow();
  // @ts-expect-error A customer has a name.
  await expect(client('createCustomer', { body: {} })).rejects.toThrow('422');
  // @ts-expect-error A mark-up is a number.
  await expect(client('createCustomer', { body: { name: 'Ada', markup: '1.25' } })).rejects.toThrow('422');
  // @ts-expect-error The path needs the customer.
  await expect(client('getCustomer', {})).rejects.toThrow();
  // @ts-expect-error The query does not take that.
  await expect(client('listJobs', { query: { colour: 'blue' } })).rejects.toThrow('400');
});
