// The paths through the gateway whose cost is counted: for each, what comes before it and the one call that counts.

import { env } from 'cloudflare:workers';
import { newKeyText } from '../../src/features/keys/key.ts';
import { DAY_MS, SLICE_MS, SLICES, windowsAt } from '../../src/features/ledger/windows.ts';
import { addAccount, resetAccounts } from './accounts.ts';
import { fileHost } from './file-host.ts';
import { png } from './images.ts';
import { recordedIsolate, type Recorded } from './recorder.ts';
import { createWorld, IMAGE_TO_VIDEO, TEXT_TO_VIDEO, type Tenant, type World } from './world.ts';

export type Stage = {
  world: World;
  /** The isolate whose calls are counted; whatever else has to happen is done by others. */
  gate: Recorded;
  tenant: Tenant;
  /** Another customer, who is there so that the gateway's own counters are never counted for the first time. */
  neighbour: Tenant;
};

/** What comes before, and then the call: gives the status that is due, or of the cron how many jobs it looked at. */
type Path = { gives: number; prepare: (stage: Stage) => Promise<() => Promise<number>> };

/** The middle of a month: limits by the month read a counter for each of its days so far. */
const NOON = Date.parse('2026-03-15T12:00:00.000Z');
/** Days on which the tenant has made requests, which reach beyond this month, and how many on each of them. */
const DAYS = 60;
const BUSY = 3;
const MODELS = 400;
/** Behind it lies no other job, whatever comes last. */
const LAST_JOB = 'ffffffff-ffff-4fff-bfff-fffffffffff';
const MISSING = '00000000-0000-4000-8000-000000000000';

const LIMITS = {
  requests_per_minute: 1_000,
  requests_per_day: 100_000,
  requests_per_month: 1_000_000,
  max_concurrent: 1_000,
  spend_per_day_usd: 10_000,
  spend_per_month_usd: 100_000,
  spend_total_usd: 1_000_000,
};

/** The same as an account has them in its column. */
const ACCOUNT_LIMITS = {
  requests_per_minute: 1_000,
  requests_per_day: 100_000,
  requests_per_month: 1_000_000,
  max_concurrent: 1_000,
  spend_per_day: 10_000_000_000,
  spend_per_month: 100_000_000_000,
  spend_total: 1_000_000_000_000,
};

/** A world of its own in which a customer has long been at work, with one limit of each kind, and one on its key. */
export async function openStage(): Promise<Stage> {
  // What the jobs of other paths still have to come to is not this one's business.
  await env.DB.prepare('UPDATE jobs SET check_at_ms = NULL').run();
  await resetAccounts();
  const world = createWorld(NOON);
  const neighbour = await world.tenant();
  await world.submit(neighbour.token);
  await world.idle();
  await env.DB.prepare('UPDATE jobs SET check_at_ms = NULL').run();
  return {
    world,
    gate: recordedIsolate(world, { PLAN: 'paid' }),
    tenant: await busyTenant(world),
    neighbour,
  };
}

/** A customer who has made requests on each of the last days and in each slice of the last minute. */
async function busyTenant(world: World, limits: object = {}): Promise<Tenant> {
  const tenant = await world.tenant({ limits: { ...LIMITS, ...limits } }, { limits: LIMITS });
  const { sliceMs, dayMs } = windowsAt(NOON);
  const slices = Array.from({ length: SLICES }, (_, back) => sliceMs - back * SLICE_MS);
  const days = Array.from({ length: DAYS }, (_, back) => dayMs - back * DAY_MS);
  const rows = [
    ...slices.map((at) => ['slice', (at / SLICE_MS) % SLICES, at]),
    ...days.map((at) => ['day', at, at]),
    ['total', 0, 0],
  ];
  await env.DB.prepare(
    `INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
     SELECT s.value, r.value->>0, r.value->>1, r.value->>2, ${BUSY}, 0 FROM json_each(?1) s, json_each(?2) r`,
  )
    .bind(JSON.stringify([tenant.id, tenant.keyId]), JSON.stringify(rows))
    .run();
  return tenant;
}

/** What stands in the books and the catalogue before any path is played. */
export async function fillBooks(): Promise<void> {
  await fillCatalogue();
  await addLastCustomer();
}

/** RunComfy's catalogue has about so many models. */
async function fillCatalogue(): Promise<void> {
  await env.DB.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
       WHERE i < ?2 - (SELECT COUNT(*) FROM models))
     INSERT INTO models (id, display_name, description, categories, input_schema, price, source, updated_at_ms)
     SELECT 'made/model-' || i, display_name, description, categories, input_schema, price, source, updated_at_ms
     FROM n, models WHERE id = ?1`,
  )
    .bind(TEXT_TO_VIDEO, MODELS)
    .run();
}

/**
 * A customer and an account behind all others in every index. SQLite reads one row beyond a range, unless the range is the last one:
 * without these the counts would hang on whose random id is the largest.
 */
async function addLastCustomer(): Promise<void> {
  const last = 'z'.repeat(22);
  const values = `'cus_${last}', 'key_${last}', 'key_${last}', '${TEXT_TO_VIDEO}', 'acct_${last}'`;
  const columns = 'id, customer_id, key_id, family, model_id, account_id, state, unit_micros, hold_micros';
  await env.DB.batch(
    [
      `INSERT INTO accounts (id, label, status) VALUES ('acct_${last}', 'last', 'deleted')`,
      `INSERT INTO customers (id, name, created_at_ms) VALUES ('cus_${last}', 'Zoe', 0)`,
      `INSERT INTO keys (id, customer_id, kind, family, hash, hint, name, created_at_ms)
       VALUES ('key_${last}', 'cus_${last}', 'secret', 'key_${last}', 'z', 'cg_', 'server', 0)`,
      `INSERT INTO jobs (${columns}, idempotency_key, created_at_ms)
       VALUES ('${LAST_JOB}e', ${values}, 'running', 0, 0, 'z', 0)`,
      `INSERT INTO jobs (${columns}, charge_micros, cost_micros, cost_at_ms, created_at_ms, ended_at_ms, settled_at_ms)
       VALUES ('${LAST_JOB}f', ${values}, 'succeeded', 0, 0, 0, 0, 0, 0, 0, 0)`,
      `INSERT INTO counters (subject, grain, slot, starts_at_ms, requests, micros)
       VALUES ('key_${last}', 'total', 0, 0, 1, 0)`,
      `INSERT INTO ledger (reference, phase, kind, customer_id, micros, at_ms)
       VALUES ('op_${last}', 'operation', 'credit', 'cus_${last}', 0, 0)`,
      `INSERT INTO usage_days (day, customer_id, key_id, model_id)
       VALUES (${Math.floor(NOON / 86_400_000)}, 'cus_${last}', 'key_${last}', '${TEXT_TO_VIDEO}')`,
    ].map((sql) => env.DB.prepare(sql)),
  );
}

/** The answer's status. */
const statusOf = async (call: Promise<{ status: number }>) => (await call).status;

/** The counted isolate has got to know the key, the model and the price. */
async function warm({ world, gate, tenant }: Stage): Promise<void> {
  await gate.submit(tenant.token);
  await world.idle();
}

/** A job of the tenant's that RunComfy has in its queue, submitted through this isolate or another one. */
async function running({ world, tenant }: Stage, isolate: Pick<World, 'submit'>): Promise<string> {
  const { body } = await isolate.submit(tenant.token);
  await world.idle();
  return body.request_id;
}

function finish({ world }: Stage): void {
  world.runcomfy.finish(world.runcomfy.accepted().jobs.at(-1)!.id, { as: 'succeeded' });
}

/** A job that has ended and been settled by this isolate or another one. */
async function ended(stage: Stage, isolate: World | Recorded): Promise<string> {
  const id = await running(stage, isolate);
  finish(stage);
  await isolate.result(stage.tenant.token, id);
  await stage.world.idle();
  return id;
}

type Poll = 'status' | 'result' | 'cancel';

/** A poll of a running job by an isolate that knows the key; `learns`: the job has ended meanwhile. */
function pollOf(verb: Poll, { learns = false } = {}): Path['prepare'] {
  return async (stage) => {
    const id = await running(stage, stage.gate);
    if (learns) {
      finish(stage);
    }
    return () => statusOf(stage.gate[verb](stage.tenant.token, id));
  };
}

/** A poll of a job that has long ended, by the isolate that settled it or by another one. */
function pollAfterEnd(verb: Poll, by: 'world' | 'gate'): Path['prepare'] {
  return async (stage) => {
    await warm(stage);
    const id = await ended(stage, stage[by]);
    return () => statusOf(stage.gate[verb](stage.tenant.token, id));
  };
}

function get(path: string): Path['prepare'] {
  return async (stage) => {
    await warm(stage);
    return () => statusOf(stage.gate.call(path, { token: stage.tenant.token }));
  };
}

function post(path: string, body: unknown): Path['prepare'] {
  return async (stage) => {
    await warm(stage);
    return () => statusOf(stage.gate.call(path, { method: 'POST', token: stage.tenant.token, body }));
  };
}

/** A status poll of an id; `times`: how often it has been asked for before. */
function ask(id: string, { times = 0 } = {}): Path['prepare'] {
  return async (stage) => {
    await warm(stage);
    const status = () => statusOf(stage.gate.status(stage.tenant.token, id));
    for (let time = 0; time < times; time += 1) {
      await status();
    }
    return status;
  };
}

/** A status poll with a key that nobody has; `times`: how often it has been tried before. */
function knock({ times = 0 } = {}): Path['prepare'] {
  return async (stage) => {
    const id = await running(stage, stage.gate);
    const key = newKeyText('secret');
    const status = () => statusOf(stage.gate.status(key, id));
    for (let time = 0; time < times; time += 1) {
      await status();
    }
    return status;
  };
}

function withIdempotencyKey({ times = 0 } = {}): Path['prepare'] {
  return async (stage) => {
    await warm(stage);
    const submit = () =>
      statusOf(
        stage.gate.call(`/v1/models/${TEXT_TO_VIDEO}`, {
          method: 'POST',
          token: stage.tenant.token,
          body: { prompt: 'once' },
          headers: { 'Idempotency-Key': 'order-1' },
        }),
      );
    for (let time = 0; time < times; time += 1) {
      await submit();
      await stage.world.idle();
    }
    return submit;
  };
}

/** An image of a customer's; each time that its host is asked is noted among the calls. */
function playPicture({ gate }: Stage): string {
  return fileHost().on('/lake.png', () => {
    gate.calls.push({ what: 'media' });
    return new Response(png({ width: 800, height: 600 }));
  });
}

function withMedia({ times = 0 } = {}): Path['prepare'] {
  return async (stage) => {
    const { world, gate, tenant } = stage;
    const input = { prompt: 'waves', image_urls: [playPicture(stage)] };
    const submit = (image_urls = input.image_urls) =>
      statusOf(gate.submit(tenant.token, { ...input, image_urls }, IMAGE_TO_VIDEO));
    // The model is known; of this picture nothing, unless it was sent before.
    await submit([playPicture(stage)]);
    for (let time = 0; time < times; time += 1) {
      await submit();
    }
    await world.idle();
    return submit;
  };
}

/** An account with one limit of each kind takes the jobs, and has taken some; `isBusy`: another one is asked before. */
function withVault({ isBusy = false } = {}): Path['prepare'] {
  return async (stage) => {
    const { world, gate, tenant } = stage;
    await addAccount(world, { priority: 2, limits: ACCOUNT_LIMITS });
    await statusOf(gate.submit(tenant.token));
    if (isBusy) {
      const { name } = await addAccount(world, { priority: 1, limits: ACCOUNT_LIMITS });
      world.runcomfy.fault({ on: 'submit', account: name, fault: { kind: 'status', status: 429 } });
    }
    return () => statusOf(gate.submit(tenant.token));
  };
}

/** The isolate's key is known, its memory of jobs is empty: who owns this one is read from KV, or from D1. */
function ownerIn(place: 'KV' | 'D1'): Path['prepare'] {
  return async (stage) => {
    await warm(stage);
    const id = await running(stage, stage.world);
    if (place === 'D1') {
      await env.OWNERS.delete(`job:${id}`);
    }
    return () => statusOf(stage.gate.status(stage.tenant.token, id));
  };
}

/** A run of the cron by an isolate whose last one was a minute ago. `jobs` are due, and have ended or run on. */
function cron({ jobs = 0, ends = true } = {}): Path['prepare'] {
  return async (stage) => {
    const { world, gate } = stage;
    await gate.cron();
    for (let job = 0; job < jobs; job += 1) {
      await running(stage, world);
      if (ends) {
        finish(stage);
      }
    }
    world.runcomfy.settings({ hold: 'in_progress' });
    world.clock.advance(60_000);
    return () => gate.cron();
  };
}

export const PATHS: Record<string, Path> = {
  submit: {
    gives: 200,
    prepare: async (stage) => {
      await warm(stage);
      return () => statusOf(stage.gate.submit(stage.tenant.token));
    },
  },
  'submit, cold isolate': {
    gives: 200,
    prepare:
      async ({ gate, tenant }) =>
      () =>
        statusOf(gate.submit(tenant.token)),
  },
  'submit with Idempotency-Key': { gives: 200, prepare: withIdempotencyKey() },
  'submit replayed': { gives: 200, prepare: withIdempotencyKey({ times: 1 }) },
  'submit with media': { gives: 200, prepare: withMedia() },
  'submit with media, seen before': { gives: 200, prepare: withMedia({ times: 1 }) },
  'submit refused by RunComfy': {
    gives: 422,
    prepare: async (stage) => {
      await warm(stage);
      stage.world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 } });
      return () => statusOf(stage.gate.submit(stage.tenant.token));
    },
  },
  'submit over quota': {
    gives: 429,
    prepare: async (stage) => {
      const full = await busyTenant(stage.world, { requests_per_day: BUSY });
      await stage.gate.submit(full.token);
      return () => statusOf(stage.gate.submit(full.token));
    },
  },
  'submit with bad input': { gives: 422, prepare: post(`/v1/models/${TEXT_TO_VIDEO}`, { prompt: 7 }) },
  estimate: { gives: 200, prepare: post(`/v1/estimate/${TEXT_TO_VIDEO}`, { prompt: 'waves' }) },
  status: { gives: 200, prepare: pollOf('status') },
  'status, asked again within a second': {
    gives: 200,
    prepare: async (stage) => {
      const poll = await pollOf('status')(stage);
      await poll();
      return poll;
    },
  },
  'status, cold isolate': {
    gives: 200,
    prepare: async (stage) => {
      const id = await running(stage, stage.world);
      return () => statusOf(stage.gate.status(stage.tenant.token, id));
    },
  },
  'status, owner in KV': { gives: 200, prepare: ownerIn('KV') },
  'status, owner only in D1': { gives: 200, prepare: ownerIn('D1') },
  'status that learns the end': { gives: 200, prepare: pollOf('status', { learns: true }) },
  'status after the end': { gives: 200, prepare: pollAfterEnd('status', 'gate') },
  'status after the end, another isolate': { gives: 200, prepare: pollAfterEnd('status', 'world') },
  result: { gives: 200, prepare: pollOf('result') },
  'result that learns the end': { gives: 200, prepare: pollOf('result', { learns: true }) },
  'result after the end': { gives: 200, prepare: pollAfterEnd('result', 'gate') },
  'result after the end, another isolate': { gives: 200, prepare: pollAfterEnd('result', 'world') },
  'result with cost, after the end': {
    gives: 200,
    prepare: async (stage) => {
      const id = await ended(stage, stage.gate);
      const path = `/v1/requests/${id}/result?include_cost=true`;
      return () => statusOf(stage.gate.call(path, { token: stage.tenant.token }));
    },
  },
  'cancel of a queued job': { gives: 202, prepare: pollOf('cancel') },
  'garbage key': {
    gives: 401,
    prepare:
      async ({ gate }) =>
      () =>
        statusOf(gate.status('not-a-key', MISSING)),
  },
  'unknown key': { gives: 401, prepare: knock() },
  'unknown key, second time': { gives: 401, prepare: knock({ times: 1 }) },
  'malformed id': { gives: 404, prepare: ask('not-an-id') },
  'missing id': { gives: 404, prepare: ask(MISSING) },
  'missing id, second time': { gives: 404, prepare: ask(MISSING, { times: 1 }) },
  'foreign id': {
    gives: 404,
    prepare: async (stage) => {
      const id = await running(stage, stage.gate);
      const status = () => statusOf(stage.gate.status(stage.neighbour.token, id));
      await status();
      return status;
    },
  },
  'model list': { gives: 200, prepare: get('/v1/models') },
  model: { gives: 200, prepare: get(`/v1/models/${TEXT_TO_VIDEO}`) },
  balance: { gives: 200, prepare: get('/prod/v2/balance') },
  usage: {
    gives: 200,
    prepare: async (stage) => {
      await ended(stage, stage.gate);
      await running(stage, stage.gate);
      return () => statusOf(stage.gate.call('/v1/usage', { token: stage.tenant.token }));
    },
  },
  'cron, nothing due': { gives: 0, prepare: cron() },
  'cron, one job settled': { gives: 1, prepare: cron({ jobs: 1 }) },
  'cron, 50 jobs settled': { gives: 50, prepare: cron({ jobs: 50 }) },
  'cron, 50 jobs that run on': { gives: 50, prepare: cron({ jobs: 50, ends: false }) },
  // The rows of their accounts stay: they come last.
  'submit, account of the vault': { gives: 200, prepare: withVault() },
  'submit moved to another account': { gives: 200, prepare: withVault({ isBusy: true }) },
  'status, account of the vault': {
    gives: 200,
    prepare: async (stage) => {
      await addAccount(stage.world, { priority: 1 });
      return pollOf('status')(stage);
    },
  },
};

/** Plays a path, and leaves in `stage.gate.calls` what it did, with the work behind its answer. */
export async function play(stage: Stage, { prepare }: Path): Promise<number> {
  const call = await prepare(stage);
  await stage.world.idle();
  stage.gate.calls.length = 0;
  const given = await call();
  await stage.world.idle();
  return given;
}
