// G2, G4: the limits of days, weeks and months have used what a calendar of the test counts, over weeks of submits, refusals,
// moves to another account, ends in a later window, rotations and browser tokens. A cap of the week is exact all the time.

import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { ACCOUNT_USAGE } from '../../src/features/ledger/limit-usage-store.ts';
import { windowsAt, type Windows } from '../../src/features/ledger/windows.ts';
import { statement } from '../../src/storage/statement.ts';
import { addAccount } from '../support/accounts.ts';
import { differences } from '../support/books.ts';
import { browserToken } from '../support/browser-token.ts';
import { randomOf, type Random } from '../support/random.ts';
import { createWorld, type Tenant, type World } from '../support/world.ts';

const DAY = 86_400_000;
const PRICE = 250_000;
const WEEK_CAP = 5;

type Window = 'day' | 'week' | 'month' | 'total';

/** Two instants of one window have one text. A week has the date of its Thursday, as ISO 8601 names it. */
const TEXT_OF: Record<Window, (ms: number) => string> = {
  day: (ms) => new Date(ms).toISOString().slice(0, 10),
  week: (ms) => new Date(ms + (4 - (new Date(ms).getUTCDay() || 7)) * DAY).toISOString().slice(0, 10),
  month: (ms) => new Date(ms).toISOString().slice(0, 7),
  total: () => '',
};

const windowOf = (name: string) =>
  (['day', 'week', 'month'] as const).find((window) => name.includes(`per_${window}`)) ?? 'total';

/** The requests and the money of a job, in the windows of its submit. */
type Used = { atMs: number; token: string; account: string; requests: number; micros: number };

function usedOf(jobs: Used[], name: string, nowMs: number): number {
  const text = TEXT_OF[windowOf(name)];
  const counted = jobs.filter(({ atMs }) => text(atMs) === text(nowMs));
  return counted.reduce(
    (sum, { requests, micros }) => sum + (name.startsWith('spend') ? micros : requests),
    0,
  );
}

const LIMIT_NAMES = ['day', 'week', 'month'].map((window) => `per_${window}`).concat('total');
const AMPLE = Object.fromEntries(
  LIMIT_NAMES.flatMap((name) => [
    [`requests_${name}`, 1e6],
    [`spend_${name}`, 1e12],
  ]),
);
const AMPLE_IN_API = Object.fromEntries(
  LIMIT_NAMES.flatMap((name) => [
    [`requests_${name}`, 1e6],
    [`spend_${name}_usd`, 1e6],
  ]),
);

const READ_ACCOUNTS = statement<Windows & { holdMicros: number }>(
  `${ACCOUNT_USAGE} SELECT id, name, used FROM account_usage ORDER BY id, name`,
);

type Stage = {
  random: Random;
  world: World;
  tenant: Tenant;
  second: string;
  /** The latest generation of the key, and its browser tokens. */
  key: { id: string; token: string };
  tokens: { id: string; token: string }[];
  jobs: Used[];
  open: { used: Used; id: string; upstream: string }[];
  /** The outcomes of the submits. */
  fates: Set<string>;
};

async function submit({ random, world, second, key, tokens, jobs, open, fates }: Stage): Promise<void> {
  const { runcomfy, clock } = world;
  const browser = tokens.length > 0 && random.chance(0.4) ? random.pick(tokens) : null;
  const hasRoom = usedOf(jobs, 'requests_per_week', clock.now()) < WEEK_CAP;
  const fate = hasRoom ? random.pick(['accepted', 'accepted', 'refused', 'moved']) : 'no room';
  fates.add(fate);
  if (fate === 'refused' || fate === 'moved') {
    const code = fate === 'refused' ? 422 : 429;
    runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: code, retry_after: 1 }, times: 1 });
  }
  const isolate = world.isolate();
  const { call } = isolate.deps.upstream;
  isolate.deps.upstream = {
    async call(sent) {
      const answer = await call(sent);
      // RunComfy takes its time, past midnight if it comes to that.
      clock.advance(random.int(0, 4) * 1_000);
      return answer;
    },
  };
  const used = {
    atMs: clock.now(),
    token: browser?.id ?? '',
    account: 'acct_env',
    requests: 1,
    micros: PRICE,
  };
  const { status, body } = await isolate.submit(browser?.token ?? key.token);
  await world.idle();
  expect([fate, status]).toEqual([fate, { 'no room': 429, refused: 422 }[fate] ?? 200]);
  if (status === 200) {
    jobs.push({ ...used, account: fate === 'moved' ? second : 'acct_env' });
    open.push({ used: jobs.at(-1)!, id: body.request_id, upstream: runcomfy.accepted().jobs.at(-1)!.id });
  }
  // The first account is busy for a second.
  clock.advance(1_000);
}

async function end({ random, world, key, open }: Stage): Promise<void> {
  const [job] = open.splice(random.below(open.length), 1);
  if (job !== undefined) {
    const as = random.pick(['succeeded', 'failed', 'cancelled'] as const);
    world.runcomfy.finish(job.upstream, { as });
    await world.isolate().result(key.token, job.id);
    await world.idle();
    job.used.micros = as === 'succeeded' ? PRICE : 0;
  }
}

function wait({ random, world: { clock } }: Stage): void {
  const toMidnight = DAY - (clock.now() % DAY);
  const isClose = random.chance(0.5);
  clock.advance(isClose ? Math.max(0, toMidnight - random.int(1, 3) * 1_000) : random.below(4 * DAY));
}

async function rotate(stage: Stage): Promise<void> {
  const path = `/admin/keys/${stage.key.id}/rotate`;
  const { body } = await stage.world.admin('POST', path, { grace_seconds: 0 });
  stage.key = { id: body.id, token: body.key };
  stage.tokens = [];
}

async function mint({ world, tenant, key, tokens }: Stage): Promise<void> {
  const parent = { id: tenant.id, keyId: key.id };
  tokens.push(await browserToken(world, parent, { limits: AMPLE, ttlMs: 300 * DAY }));
}

/** Every limit of the customer, the key, its tokens and the accounts has used what the test has counted. */
async function check({ world, second, key, tokens, jobs }: Stage): Promise<void> {
  const nowMs = world.clock.now();
  const isolate = world.isolate();
  for (const { id, token } of [{ id: '', token: key.token }, ...tokens]) {
    const mine = jobs.filter((job) => id === '' || job.token === id);
    const { body } = await isolate.call('/v1/key', { token });
    expect(body.limits).toHaveLength(id === '' ? 16 : 8);
    for (const { scope, name, used } of body.limits) {
      const counted = usedOf(mine, name, nowMs) / (name.startsWith('spend') ? 1e6 : 1);
      expect([id, scope, name, used]).toEqual([id, scope, name, counted]);
    }
  }
  const { results } = await READ_ACCOUNTS(env.DB, { ...windowsAt(nowMs), holdMicros: 0 }).all<any>();
  expect(results.map(({ id }) => id).filter((id) => id === second)).toHaveLength(8);
  for (const { id, name, used } of results) {
    const mine = jobs.filter(({ account }) => account === id);
    expect([id, name, used]).toEqual([id, name, usedOf(mine, name, nowMs)]);
  }
}

// One test, because acct_env has used what the gateway has in total.
test('G2, G4: 60 steps over the turn of a year', async () => {
  const world = createWorld(Date.parse('2026-12-20T20:00:00.000Z'));
  await env.DB.prepare("UPDATE accounts SET limits = ?1, priority = 1 WHERE id = 'acct_env'")
    .bind(JSON.stringify(AMPLE))
    .run();
  const { id: second } = await addAccount(world, { limits: AMPLE, priority: 2 });
  const limits = { ...AMPLE_IN_API, requests_per_week: WEEK_CAP };
  const tenant = await world.tenant({ limits }, { limits: AMPLE_IN_API });
  const key = { id: tenant.keyId, token: tenant.token };
  const stage: Stage = {
    random: randomOf(1),
    world,
    tenant,
    second,
    key,
    tokens: [],
    jobs: [],
    open: [],
    fates: new Set(),
  };
  const steps: ((now: Stage) => Promise<void> | void)[] = [
    submit,
    submit,
    submit,
    submit,
    end,
    end,
    wait,
    wait,
    rotate,
    mint,
  ];
  for (let step = 0; step < 60; step += 1) {
    await stage.random.pick(steps)(stage);
    await check(stage);
  }
  expect([...stage.fates].toSorted()).toEqual(['accepted', 'moved', 'no room', 'refused']);
  expect(await differences(world)).toEqual([]);
});
