// A move that D1 applies twice, or after the job has ended, changes nothing the second time.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { releaseRefused } from '../../../src/features/ledger/close-unpaid.ts';
import { moveHold, type Move } from '../../../src/features/ledger/move-store.ts';
import { placeHold } from '../../../src/features/ledger/store.ts';
import type { AccountId } from '../../../src/lib/ids.ts';
import { readVaultKey } from '../../../src/lib/seal.ts';
import { addAccount } from '../../support/accounts.ts';
import { differences } from '../../support/books.ts';
import { holdFor } from '../../support/hold-for.ts';
import { createWorld } from '../../support/world.ts';

async function countsOf(account: AccountId): Promise<unknown[]> {
  const { results } = await env.DB.prepare(
    'SELECT grain, requests, micros FROM counters WHERE subject = ?1 ORDER BY grain',
  )
    .bind(account)
    .all();
  return results;
}

const none = [
  { grain: 'day', requests: 0, micros: 0 },
  { grain: 'slice', requests: 0, micros: 0 },
  { grain: 'total', requests: 0, micros: 0 },
];
const one = [
  { grain: 'day', requests: 1, micros: 100 },
  { grain: 'slice', requests: 1, micros: 0 },
  { grain: 'total', requests: 1, micros: 100 },
];

test('a move applied twice, and again after the end of the job', async ({ expect }) => {
  const world = createWorld();
  const first = await addAccount(world, { priority: 1 });
  const second = await addAccount(world, { priority: 2 });
  const third = await addAccount(world, { priority: 3 });
  const tenant = await world.tenant();
  const { id: key } = await readVaultKey(env.VAULT_KEY);
  const job = holdFor(world, tenant, { openable: [key] });
  expect((await placeHold(env.DB, job)).account).toMatchObject({ id: first.id });
  expect(await countsOf(first.id)).toEqual(one);
  const move: Move = { job, from: first.id, tried: [first.id], atMs: world.clock.now() + 5000, marks: [] };
  for (let time = 0; time < 2; time += 1) {
    expect((await moveHold(env.DB, move)).account).toMatchObject({ id: second.id });
    expect([await countsOf(first.id), await countsOf(second.id)]).toEqual([none, one]);
  }
  expect(await differences(world)).toEqual([]);
  await releaseRefused(world.deps, job.jobId);
  const late: Move = { ...move, from: second.id, tried: [first.id, second.id] };
  expect((await moveHold(env.DB, late)).account).toBeNull();
  expect([await countsOf(second.id), await countsOf(third.id)]).toEqual([none, []]);
  expect(await differences(world)).toEqual([]);
});

test('a move takes no request from a later minute that has the same place in the ring', async ({
  expect,
}) => {
  const world = createWorld();
  const first = await addAccount(world, { priority: 1 });
  const second = await addAccount(world, { priority: 2 });
  const tenant = await world.tenant();
  const { id: key } = await readVaultKey(env.VAULT_KEY);
  const job = holdFor(world, tenant, { openable: [key] });
  await placeHold(env.DB, job);
  // An isolate whose clock is 80 seconds ahead.
  const later = holdFor(world, tenant, { openable: [key], atMs: job.atMs + 80_000 });
  expect((await placeHold(env.DB, later)).account).toMatchObject({ id: first.id });
  const move: Move = { job, from: first.id, tried: [first.id], atMs: job.atMs + 5000, marks: [] };
  expect((await moveHold(env.DB, move)).account).toMatchObject({ id: second.id });
  expect(await countsOf(first.id)).toEqual(one);
  expect(await differences(world)).toEqual([]);
});
