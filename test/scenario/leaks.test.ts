// Plays the two drills of docs/leaks.md: runs each command of the page as it is written, and checks what the page says about it.

import { test } from 'vitest';
import { addAccount, resetAccounts, setUpstreamAccount } from '../support/accounts.ts';
import { ADMIN_TOKEN, createWorld, TEXT_TO_VIDEO, type Reply, type World } from '../support/world.ts';

const pages = import.meta.glob('../../docs/leaks.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const PAGE = Object.values(pages).map(String).join('');

/** The commands of one part of the page, continued lines joined. */
function commandsOf(part: string): string[] {
  const text = PAGE.split(/^## /m).find((section) => section.startsWith(part)) ?? '';
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, ' ')
      .trim()
      .split('\n'),
  );
}

type Shell = { world: World; variables: Record<string, string> };

/** An assignment or a call with curl; `…` stands for what the reader knows. */
async function play({ world, variables }: Shell, line: string, known: string): Promise<Reply | null> {
  const text = line.replace(/(?:[a-z]+_)?…/, known);
  const [, name, value] = /^([A-Z]+)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) {
    variables[name] = value;
    return null;
  }
  const full = text.replaceAll(/\$([A-Z_]+)/g, (_all, variable: string) => variables[variable] ?? '');
  const [, method, path = ''] = /^curl (?:-X ([A-Z]+) )?"?https:\/\/gate\.test([^" ]+)/.exec(full) ?? [];
  const [, body] = / -d '([^']+)'$/.exec(full) ?? [];
  const [, token = ''] = /Bearer ([^"]+)"/.exec(full) ?? [];
  return world.call(path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    token,
    ...(body === undefined ? {} : { body: JSON.parse(body) }),
  });
}

const openShell = (world: World): Shell => ({
  world,
  variables: { COMFYGATE_URL: 'https://gate.test', COMFYGATE_ADMIN: ADMIN_TOKEN },
});

test('a key of a customer leaked', async ({ expect }) => {
  await resetAccounts();
  const world = createWorld();
  const shell = openShell(world);
  const [find, setKey, setCustomer, issue, revoke, jobs, audit, ...more] = commandsOf("A customer's key");
  expect(more).toEqual([]);
  const { id, keyId, token } = await world.tenant();
  // The thief spends, rotates the key to keep it, and hands a browser token on.
  const thief = world.isolate();
  await thief.submit(token);
  const rotated = (await thief.call('/v1/keys/rotate', { method: 'POST', token })).body;
  const minted = await thief.call('/v1/tokens', {
    method: 'POST',
    token: rotated.key,
    body: { models: [TEXT_TO_VIDEO] },
  });
  await world.idle();

  expect(await play(shell, find!, token)).toMatchObject({
    status: 200,
    body: {
      id: keyId,
      customer: id,
      last_used_at: new Date(world.clock.now()).toISOString(),
      last_day: { jobs: 1, spent_usd: expect.any(Number) },
      revoke: `DELETE /admin/keys/${keyId}`,
    },
  });
  await play(shell, setKey!, keyId);
  await play(shell, setCustomer!, id);
  const issued = await play(shell, issue!, '');
  expect(issued!.status).toBe(201);
  expect((await play(shell, revoke!, ''))!.status).toBe(204);
  for (const dead of [token, rotated.key, minted.body.token]) {
    expect((await thief.submit(dead)).status).toBe(401);
  }
  world.clock.advance(10_000);
  expect((await thief.call('/v1/key', { token: rotated.key })).status).toBe(401);
  expect((await world.submit(issued!.body.key)).status).toBe(200);
  expect((await play(shell, jobs!, ''))!.body.items).toHaveLength(1);
  expect((await play(shell, audit!, ''))!.body.items).toMatchObject([
    { action: 'key.rotate', object: keyId },
    { action: 'key.rotate', object: rotated.id },
  ]);
});

test('a token of RunComfy leaked', async ({ expect }) => {
  await resetAccounts();
  const world = createWorld();
  const shell = openShell(world);
  const [setAccount, replace, check, generation, audit, ...more] = commandsOf('A RunComfy token');
  expect(more).toEqual([]);
  const { id, name, token: leaked } = await addAccount(world, { priority: 1 });
  const { token } = await world.tenant();
  const job = (await world.submit(token)).body.request_id;
  await world.idle();
  const fresh = 'rc-fresh-token-0123456789';

  await play(shell, setAccount!, id);
  // RunComfy does not know it: nothing is stored.
  expect((await play(shell, replace!, 'rc-nobody-knows-this-one'))!.status).toBe(422);
  expect((await world.isolate().status(token, job)).status).toBe(200);
  // RunComfy knows the new one, and the old one no more.
  setUpstreamAccount(world, { name, token: fresh, balanceUsd: 1_000 });
  expect((await play(shell, replace!, fresh))!.status).toBe(200);
  expect((await play(shell, check!, ''))!.body.check).toMatchObject({ ok: true });
  expect((await world.status(token, job)).body.status).toMatch(/in_/);
  expect((await world.submit(token)).status).toBe(200);
  await world.idle();

  const ours = world.runcomfy.accepted().jobs[0]!.id;
  expect((await play(shell, generation!, ours))!.body.items).toMatchObject([{ id: job }]);
  expect((await play(shell, generation!, 'made-by-a-thief'))!.body.items).toEqual([]);
  const { items } = (await play(shell, audit!, ''))!.body;
  expect(items.map(({ action }: any) => action)).toEqual(['account.check', 'account.change']);
  expect(items[1].asked).toEqual({ token: '(secret)' });
  expect(JSON.stringify(items)).not.toContain(fresh);
  expect(JSON.stringify(items)).not.toContain(leaked);
});
