// Every route of the gateway, by operation, and both triggers of the cron, played so that each statement of the stores
// reaches D1.

import { env } from 'cloudflare:workers';
import { continueErasure } from '../../src/features/erasure/continue.ts';
import { sweepOld } from '../../src/features/erasure/retention.ts';
import { newKeyText } from '../../src/features/keys/key.ts';
import { sweepFiles } from '../../src/features/files/remove.ts';
import { sumUp } from '../../src/features/overview/sum-up.ts';
import { addAccount, resetAccounts, setUpstreamAccount } from './accounts.ts';
import { browserToken } from './browser-token.ts';
import { failingBucket } from './buckets.ts';
import { fileHost } from './file-host.ts';
import { png } from './images.ts';
import { recordedIsolate, type Recorded } from './recorder.ts';
import { failingDb } from './stores.ts';
import { PICTURE, upload } from './upload.ts';
import {
  ADMIN_TOKEN,
  createWorld,
  IMAGE_TO_VIDEO,
  PROMPT,
  TEXT_TO_VIDEO,
  type Reply,
  type Tenant,
  type World,
} from './world.ts';

type Cast = { world: World; gate: Recorded; tenant: Tenant };
type Play = (cast: Cast) => Promise<unknown>;

const MINUTE = 60_000;
const NEXT_KEY = btoa('n'.repeat(32));
const LIMITS = {
  requests_per_minute: 1_000,
  requests_per_month: 1_000,
  max_concurrent: 1_000,
  spend_total_usd: 1_000,
};
const MODEL = {
  input_schema: { type: 'object', properties: { prompt: { type: 'string' } } },
  price: { usd: 0.02, unit: 'output' },
};

async function createCast(): Promise<Cast> {
  await resetAccounts();
  // What the jobs of other casts still have to come to is not this one's business.
  await env.DB.prepare('UPDATE jobs SET check_at_ms = NULL').run();
  const world = createWorld();
  const tenant = await world.tenant({ prepaid: true, limits: LIMITS }, { limits: LIMITS });
  await world.admin('POST', `/admin/customers/${tenant.id}/credits`, { amount_usd: 1_000, note: 'all' });
  return { world, gate: recordedIsolate(world), tenant };
}

async function must(status: number, reply: Promise<Reply>): Promise<any> {
  const { status: given, body } = await reply;
  if (given !== status) {
    throw new Error(`expected ${status}, got ${given}: ${JSON.stringify(body)}`);
  }
  return body;
}

async function submitted({ world, gate, tenant }: Cast): Promise<string> {
  const { request_id: id } = await must(200, gate.submit(tenant.token));
  await world.idle();
  return id;
}

const upstreamIdOf = ({ world }: Cast) => world.runcomfy.accepted().jobs.at(-1)!.id;

/** A job of unknown outcome: RunComfy took it, or did not, and nothing was heard of it. */
async function unconfirmed({ world, gate, tenant }: Cast, taken: boolean): Promise<string> {
  const kind = taken ? 'cut' : 'cut_before';
  world.runcomfy.fault({ on: 'submit', fault: { kind }, times: 1 });
  const { request_id: id } = await must(502, gate.submit(tenant.token));
  await world.idle();
  return id;
}

const get =
  (...paths: string[]): Play =>
  async ({ gate, tenant }) => {
    for (const path of paths) {
      await must(200, gate.call(path, { token: tenant.token }));
    }
  };

const adminGet =
  (path: string, queries: (cast: Cast) => string[] = () => ['']): Play =>
  async (cast) => {
    for (const query of queries(cast)) {
      await must(200, cast.gate.admin('GET', path + query));
    }
  };

const poll =
  (verb: 'status' | 'result'): Play =>
  async (cast) => {
    const { world, gate, tenant } = cast;
    const id = await submitted(cast);
    await must(200, gate[verb](tenant.token, id));
    world.runcomfy.finish(upstreamIdOf(cast), { as: 'succeeded' });
    await must(200, gate[verb](tenant.token, id));
    await world.idle();
    await env.OWNERS.delete(`job:${id}`);
    await must(200, recordedIsolate(world, {}, gate.calls)[verb](tenant.token, id));
  };

async function playSubmit(cast: Cast): Promise<void> {
  const { world, gate, tenant } = cast;
  const path = `/v1/models/${TEXT_TO_VIDEO}`;
  const once = { 'Idempotency-Key': 'order-1' };
  const post = () => gate.call(path, { method: 'POST', token: tenant.token, body: PROMPT, headers: once });
  await must(200, post());
  await world.idle();
  await must(200, post());
  const { token } = await browserToken(world, tenant, { limits: { max_concurrent: 9 } });
  await must(200, gate.submit(token));
  const picture = fileHost().file('/lake.png', png({ width: 800, height: 600 }));
  await must(200, gate.submit(tenant.token, { ...PROMPT, image_urls: [picture] }, IMAGE_TO_VIDEO));
  await must(401, gate.submit(newKeyText('secret')));
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status: 422 }, times: 1 });
  await must(422, gate.submit(tenant.token));
  await must(422, gate.submit(tenant.token, { prompt: 5 }));
  world.clock.advance(10_000);
  await unconfirmed(cast, false);
  world.runcomfy.fault({ on: 'submit', fault: { kind: 'no_balance' }, times: 1 });
  await must(503, gate.submit(tenant.token));
  await world.idle();
  await resetAccounts();
  await playLostGate(cast);
  await playMoves(cast);
}

/** One account is busy, another one takes the job; then the same where the answer to the move is lost. */
async function playMoves({ world, gate, tenant }: Cast): Promise<void> {
  const { name } = await addAccount(world, { priority: 1 });
  const busy = { on: 'submit', account: name, fault: { kind: 'status', status: 429 }, times: 1 } as const;
  world.runcomfy.fault(busy);
  await must(200, gate.submit(tenant.token));
  await world.idle();
  world.clock.advance(60_000);
  world.runcomfy.fault(busy);
  const { db, calls } = failingDb(env.DB);
  calls.match = 'UPDATE jobs SET account_id';
  calls.failure = 'after';
  await must(200, recordedIsolate(world, { DB: db }, gate.calls).submit(tenant.token));
  await world.idle();
  // Its token is in nobody's memory when the job is asked for elsewhere.
  world.clock.advance(60_000);
  const { request_id: id } = await must(200, gate.submit(tenant.token));
  await world.idle();
  await must(200, recordedIsolate(world, {}, gate.calls).status(tenant.token, id));
  await resetAccounts();
}

/** The gate admits the job, and its answer is lost. */
async function playLostGate({ world, gate, tenant }: Cast): Promise<void> {
  const { db, calls } = failingDb(env.DB);
  calls.match = 'INSERT INTO jobs';
  calls.failure = 'after';
  await must(200, recordedIsolate(world, { DB: db }, gate.calls).submit(tenant.token));
  await world.idle();
}

async function playUsage({ world, gate, tenant }: Cast): Promise<void> {
  const { token } = await browserToken(world, tenant);
  for (const query of ['', '?group_by=model,day']) {
    await must(200, gate.call(`/v1/usage${query}`, { token: tenant.token }));
    await must(200, gate.call(`/v1/usage${query}`, { token }));
  }
  await must(200, gate.call('/v1/usage?group_by=end_user', { token: tenant.token }));
  const ofUser = await browserToken(world, tenant, { endUser: 'ada' });
  await must(200, gate.call('/v1/usage?group_by=day', { token: ofUser.token }));
}

const mint = (gate: Recorded, { token }: Cast['tenant']) =>
  gate.call('/v1/tokens', { method: 'POST', token, body: { models: [TEXT_TO_VIDEO] } });

async function playRequests({ world, gate, tenant }: Cast): Promise<void> {
  const { token } = await browserToken(world, tenant);
  await must(200, gate.call('/v1/requests?end_user=ada', { token: tenant.token }));
  for (const query of ['', '?state=failed&model=some/model']) {
    await must(200, gate.call(`/v1/requests${query}`, { token: tenant.token }));
    await must(200, gate.call(`/v1/requests${query}`, { token }));
  }
}

async function playResolve(cast: Cast): Promise<void> {
  const { world, gate } = cast;
  const resolve = (id: string, body: object) => gate.admin('POST', `/admin/jobs/${id}/resolve`, body);
  const taken = await unconfirmed(cast, true);
  await must(200, resolve(taken, { upstream_id: upstreamIdOf(cast) }));
  await world.idle();
  const other = await unconfirmed(cast, false);
  await must(409, resolve(other, { upstream_id: upstreamIdOf(cast) }));
  await must(200, resolve(other, { outcome: 'lost' }));
}

async function playResolveRange(cast: Cast): Promise<void> {
  await unconfirmed(cast, false);
  const range = { account: 'acct_env', from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };
  await must(200, cast.gate.admin('POST', '/admin/jobs/resolve', { ...range, outcome: 'refused' }));
}

/** Everything is new, then a model is gone, then RunComfy fails. */
async function playSync({ world, gate }: Cast): Promise<void> {
  const sync = (status: number) => must(status, gate.admin('POST', '/admin/models/sync', {}));
  await sync(200);
  world.runcomfy.removeModel(IMAGE_TO_VIDEO);
  await sync(200);
  await sync(200);
  world.runcomfy.fault({ on: 'models', fault: { kind: 'status', status: 500 } });
  await sync(502);
}

/** Jobs that run, that RunComfy has forgotten, that only KV or nobody knows, and whose cost never comes. */
async function playCron(cast: Cast): Promise<void> {
  const { world, gate, tenant } = cast;
  world.runcomfy.settings({ hold: 'in_progress' });
  const id = await submitted(cast);
  world.runcomfy.fault({ on: 'result', fault: { kind: 'status', status: 404 }, times: 1 });
  for (const minutes of [2, 10]) {
    world.clock.advance(minutes * MINUTE);
    await gate.cron();
  }
  world.runcomfy.finish(upstreamIdOf(cast), { as: 'succeeded', cost_usd: null });
  await must(200, gate.result(tenant.token, id));
  await world.idle();
  const lost = await submitted(cast);
  await env.DB.prepare("UPDATE jobs SET state = 'unconfirmed', upstream_id = NULL WHERE id = ?1")
    .bind(lost)
    .run();
  await unconfirmed(cast, false);
  for (const minutes of [11, 25 * 60]) {
    world.clock.advance(minutes * MINUTE);
    await gate.cron();
  }
}

/** A run takes a few new models, and leaves the rest for the next one. */
async function playSyncCron({ world, gate, tenant }: Cast): Promise<void> {
  await must(201, upload(gate, PICTURE, tenant));
  world.clock.advance(8 * 24 * 60 * MINUTE);
  await sweepFiles(gate.deps);
  for (let number = 0; number < 10; number += 1) {
    world.runcomfy.putModel({ model_id: `plan/new-${number}` });
  }
  world.clock.advance(120 * MINUTE);
  await gate.syncCron();
  await recordedIsolate(world, { RUNCOMFY_TOKEN: undefined }, gate.calls).syncCron();
}

/** Filters of /admin/jobs, each by itself and those that go together. */
const jobFilters = ({ tenant }: Cast): string[] => [
  '',
  '?state=running',
  '?model=some/model',
  '?upstream_id=some',
  '?idempotency_key=some',
  `?key=${tenant.keyId}`,
  `?customer=${tenant.id}`,
  `?customer=${tenant.id}&key=${tenant.keyId}&state=running`,
  `?customer=${tenant.id}&idempotency_key=some`,
  `?customer=${tenant.id}&upstream_id=some`,
  '?trace_id=some',
  `?customer=${tenant.id}&trace_id=some`,
  '?end_user=ada',
  `?customer=${tenant.id}&end_user=ada`,
];

/** The same queries from either end of the list. */
const inBothOrders = (queries: string[]): string[] =>
  queries.flatMap((query) =>
    ['oldest', 'newest'].map((order) => `${query}${query === '' ? '?' : '&'}order=${order}`),
  );

/** Filters of /admin/keys that lead to an index of their own, and one that leads to none. */
const keyFilters = ({ tenant }: Cast): string[] => [
  '',
  '?status=active',
  `?id=${tenant.keyId}`,
  '?hint=cg_abcde',
  `?parent=${tenant.keyId}`,
  `?customer=${tenant.id}`,
];

/** With all that can be erased; then what time drops. */
async function playErasure(cast: Cast): Promise<void> {
  const { world, gate, tenant } = cast;
  await must(202, gate.cancel(tenant.token, await submitted(cast)));
  await mint(gate, tenant);
  await must(202, gate.admin('DELETE', `/admin/customers/${tenant.id}?force=true`));
  world.clock.advance(2 * MINUTE);
  while (await continueErasure(gate.deps)) {
    world.clock.advance(11 * MINUTE);
  }
  world.clock.advance(100 * 24 * 60 * MINUTE);
  await sweepOld(gate.deps);
}

async function playPlans({ gate, tenant }: Cast): Promise<void> {
  const { id } = await must(201, gate.admin('POST', '/admin/plans', { name: crypto.randomUUID() }));
  await must(200, gate.admin('GET', '/admin/plans'));
  await must(200, gate.admin('PATCH', `/admin/plans/${id}`, { markup: 1.5, limits: { max_concurrent: 9 } }));
  await must(200, gate.admin('PATCH', `/admin/customers/${tenant.id}`, { plan: id }));
  await must(200, gate.submit(tenant.token));
  await must(200, gate.admin('PATCH', `/admin/customers/${tenant.id}`, { plan: null }));
  await must(204, gate.admin('DELETE', `/admin/plans/${id}`));
}

/** In by token and by link, seen, and out. */
async function playSession({ gate }: Cast): Promise<void> {
  const post = (path: string, body: object) => gate.call(path, { method: 'POST', body });
  const { code } = await must(201, post('/session/links', { token: ADMIN_TOKEN }));
  await must(200, post('/session', { code }));
  const { headers } = await gate.call('/session', { method: 'POST', body: { token: ADMIN_TOKEN } });
  const [cookie = ''] = headers.get('set-cookie')!.split(';');
  const own = { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' };
  await must(200, gate.call('/session', { headers: own }));
  await must(200, gate.call('/admin/sessions', { headers: own }));
  await must(204, gate.call('/session', { method: 'DELETE', headers: own }));
}

async function playCreateAccount({ world, gate }: Cast): Promise<void> {
  const token = 'rc-plan-token-0123456789';
  setUpstreamAccount(world, { name: 'plan', token, balanceUsd: 1 });
  await must(201, gate.admin('POST', '/admin/accounts', { label: 'plan', token, status: 'disabled' }));
}

/** Its terms alone, and its token with them. */
async function playChangeAccount({ world, gate }: Cast): Promise<void> {
  const { id, name } = await addAccount(world, { status: 'disabled' });
  const token = 'rc-plan-token-9876543210';
  setUpstreamAccount(world, { name, token, balanceUsd: 1 });
  await must(200, gate.admin('PATCH', `/admin/accounts/${id}`, { priority: 1 }));
  await must(200, gate.admin('PATCH', `/admin/accounts/${id}`, { token }));
}

const onAccount =
  (method: string, path: string, status: number): Play =>
  async ({ world, gate }) => {
    const { id } = await addAccount(world, { status: 'disabled' });
    await must(status, gate.admin(method, `/admin/accounts/${id}${path}`));
  };

/** RunComfy answers, and does not. */
async function playCheckAccount({ world, gate }: Cast): Promise<void> {
  const { id } = await addAccount(world, { status: 'disabled' });
  await must(200, gate.admin('POST', `/admin/accounts/${id}/check`));
  world.runcomfy.fault({ on: 'balance', fault: { kind: 'status', status: 500 } });
  await must(200, gate.admin('POST', `/admin/accounts/${id}/check`));
}

/** The isolate that polls has not opened the token of the job's account yet. */
async function playPollByVault(cast: Cast): Promise<void> {
  const { world, gate, tenant } = cast;
  await addAccount(world, { priority: 1 });
  const id = await submitted(cast);
  await must(200, recordedIsolate(world, {}, gate.calls).status(tenant.token, id));
}

/** Once while the key is new, and once when every isolate has it. */
async function playRewrap({ world, gate }: Cast): Promise<void> {
  await addAccount(world, { status: 'disabled' });
  const next = recordedIsolate(world, { VAULT_KEY: NEXT_KEY, VAULT_KEY_PREVIOUS: env.VAULT_KEY }, gate.calls);
  await must(409, next.admin('POST', '/admin/vault/rewrap'));
  world.clock.advance(5 * MINUTE);
  await must(200, next.admin('POST', '/admin/vault/rewrap'));
}

/** One that is stored and named in a submit, and one that R2 does not take. */
async function playUpload({ world, gate, tenant }: Cast): Promise<void> {
  const { url } = await must(201, upload(gate, PICTURE, tenant));
  await must(200, gate.submit(tenant.token, { ...PROMPT, image_urls: [url] }, IMAGE_TO_VIDEO));
  const { bucket, at } = failingBucket(env.FILES);
  at.put = 'before';
  await must(503, upload(recordedIsolate(world, { FILES: bucket }, gate.calls), PICTURE, tenant));
}

const PLAYS: Record<string, Play> = {
  welcome: get('/'),
  getOpenapi: get('/openapi.json'),
  getFile: async ({ gate, tenant }) => {
    const { url } = await must(201, upload(gate, PICTURE, tenant));
    await (await gate.raw(new URL(url).pathname)).arrayBuffer();
  },
  uploadFile: playUpload,
  listFiles: async ({ gate, tenant }) => {
    await must(200, gate.call('/v1/files', { token: tenant.token }));
  },
  deleteFile: async ({ gate, tenant }) => {
    const { id } = await must(201, upload(gate, PICTURE, tenant));
    await must(204, gate.call(`/v1/files/${id}`, { method: 'DELETE', token: tenant.token }));
  },
  getBalance: get('/prod/v2/balance'),
  listOfferedModels: get('/v1/models', '/v1/models?search=video&category=text-to-video'),
  listCategories: get('/v1/models/categories'),
  getOfferedModel: get(`/v1/models/${TEXT_TO_VIDEO}`),
  submit: playSubmit,
  estimate: ({ gate, tenant }) =>
    must(
      200,
      gate.call(`/v1/estimate/${TEXT_TO_VIDEO}`, { method: 'POST', token: tenant.token, body: PROMPT }),
    ),
  reportOwnUsage: playUsage,
  getOwnKey: get('/v1/key'),
  rotateOwnKey: ({ gate, tenant }) =>
    must(201, gate.call('/v1/keys/rotate', { method: 'POST', token: tenant.token })),
  listRequests: playRequests,
  getRequest: async (cast) => {
    const { gate, tenant } = cast;
    await must(200, gate.call(`/v1/requests/${await submitted(cast)}`, { token: tenant.token }));
  },
  mintToken: ({ gate, tenant }) => must(201, mint(gate, tenant)),
  listTokens: async ({ gate, tenant }) => {
    for (const query of ['', '?end_user=ada&status=active']) {
      await must(200, gate.call(`/v1/tokens${query}`, { token: tenant.token }));
    }
  },
  revokeToken: async ({ gate, tenant }) => {
    const { body } = await mint(gate, tenant);
    await must(204, gate.call(`/v1/tokens/${body.id}`, { method: 'DELETE', token: tenant.token }));
  },
  getModelOpenapi: get(`/v1/models/${TEXT_TO_VIDEO}/openapi.json`),
  getStatus: async (cast) => {
    await poll('status')(cast);
    await playPollByVault(cast);
  },
  getResult: poll('result'),
  cancelJob: async (cast) => {
    await must(202, cast.gate.cancel(cast.tenant.token, await submitted(cast)));
  },
  createCustomer: ({ gate }) => must(201, gate.admin('POST', '/admin/customers', { name: 'Eve' })),
  listCustomers: adminGet('/admin/customers', () => [
    ...inBothOrders([
      '',
      '?external_id=mine',
      '?search=eve&status=active',
      '?with=month,limits',
      '?plan=plan_1',
    ]),
    '?order=name',
    '?order=name_desc',
    '?order=name&search=eve',
    '?order=name_desc&search=eve',
    '?order=name&plan=plan_1',
    '?id=cus_a,cus_b',
  ]),
  getCustomer: ({ gate, tenant }) => must(200, gate.admin('GET', `/admin/customers/${tenant.id}`)),
  changeCustomer: ({ gate, tenant }) =>
    must(200, gate.admin('PATCH', `/admin/customers/${tenant.id}`, { name: 'Eve' })),
  changeCustomers: ({ gate, tenant }) =>
    must(200, gate.admin('PATCH', '/admin/customers', { ids: [tenant.id], patch: { markup: 1 } })),
  eraseCustomer: playErasure,
  listPlans: playPlans,
  createPlan: playPlans,
  changePlan: playPlans,
  deletePlan: playPlans,
  issueKey: ({ gate, tenant }) =>
    must(
      201,
      gate.admin('POST', `/admin/customers/${tenant.id}/keys`, { name: 'mine', models: ['bytedance/*'] }),
    ),
  listKeysOfCustomer: ({ gate, tenant }) =>
    must(200, gate.admin('GET', `/admin/customers/${tenant.id}/keys`)),
  listKeys: adminGet('/admin/keys', (cast) => inBothOrders(keyFilters(cast))),
  changeKey: ({ gate, tenant }) =>
    must(200, gate.admin('PATCH', `/admin/keys/${tenant.keyId}`, { limits: {} })),
  revokeKey: ({ gate, tenant }) => must(204, gate.admin('DELETE', `/admin/keys/${tenant.keyId}`)),
  rotateKey: ({ gate, tenant }) => must(201, gate.admin('POST', `/admin/keys/${tenant.keyId}/rotate`)),
  listModels: adminGet('/admin/models'),
  putModel: async ({ gate }) => {
    await must(201, gate.admin('PUT', '/admin/models/plan/put', MODEL));
    await must(201, gate.admin('PUT', '/admin/models/plan/alias', { alias_of: 'plan/put' }));
  },
  tryPrice: ({ gate }) =>
    must(200, gate.admin('POST', '/admin/models/quote', { model_id: TEXT_TO_VIDEO, input: PROMPT })),
  patchModel: ({ gate }) =>
    must(200, gate.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { description: 'changed' })),
  getSync: adminGet('/admin/models/sync'),
  syncModels: playSync,
  listJobs: adminGet('/admin/jobs', (cast) => inBothOrders(jobFilters(cast))),
  getJob: async (cast) => {
    await must(200, cast.gate.admin('GET', `/admin/jobs/${await submitted(cast)}`));
  },
  resolveJob: playResolve,
  resolveJobs: playResolveRange,
  createAccount: playCreateAccount,
  listAccounts: adminGet('/admin/accounts'),
  getAccount: onAccount('GET', '', 200),
  changeAccount: playChangeAccount,
  deleteAccount: onAccount('DELETE', '', 204),
  checkAccount: playCheckAccount,
  rewrapVault: playRewrap,
  findKeyOwner: async ({ world, gate, tenant }) => {
    const { token } = await browserToken(world, tenant);
    await must(200, gate.admin('POST', '/admin/keys/find', { key: tenant.token }));
    await must(200, gate.admin('POST', '/admin/keys/find', { key: token }));
  },
  // 503 or not: how the gateway does is not what is played.
  getHealth: ({ gate }) => gate.admin('GET', '/admin/health'),
  getMetrics: ({ gate }) => must(200, gate.admin('GET', '/admin/metrics')),
  rebuildUsage: async ({ gate, tenant }) => {
    await must(200, gate.admin('POST', '/admin/ledger/rebuild'));
    await must(200, gate.admin('POST', '/admin/ledger/rebuild', { customer: tenant.id }));
  },
  listAudit: adminGet('/admin/audit', ({ tenant }) => [
    '',
    '?actor=ops',
    '?actor=ses_0123456789012345678901',
    '?action=customer.change',
    '?actor=ops&action=customer.change',
    '?actor=ses_0123456789012345678901&action=customer.change',
    `?object=${tenant.id}&actor=ops`,
    '?from=2026-01-01&to=2026-02-01',
  ]),
  getAuditChain: adminGet('/admin/audit/chain'),
  checkLedger: adminGet('/admin/ledger/check', ({ tenant }) => ['', `?customer=${tenant.id}`]),
  listCredits: ({ gate, tenant }) => must(200, gate.admin('GET', `/admin/customers/${tenant.id}/credits`)),
  bookCredit: ({ gate, tenant }) =>
    must(201, gate.admin('POST', `/admin/customers/${tenant.id}/credits`, { amount_usd: 1, note: 'plans' })),
  listOwnPrices: ({ gate, tenant }) => must(200, gate.admin('GET', `/admin/customers/${tenant.id}/prices`)),
  setOwnPrice: ({ gate, tenant }) =>
    must(200, gate.admin('PUT', `/admin/customers/${tenant.id}/prices/${TEXT_TO_VIDEO}`, { usd: 0 })),
  dropOwnPrice: async ({ gate, tenant }) => {
    const path = `/admin/customers/${tenant.id}/prices/${IMAGE_TO_VIDEO}`;
    await must(200, gate.admin('PUT', path, { usd: 0 }));
    await must(204, gate.admin('DELETE', path));
  },
  reportUsage: adminGet('/admin/usage', ({ tenant }) => [
    '',
    `?customer=${tenant.id}`,
    '?group_by=customer,day,end_user',
  ]),
  getStatement: ({ gate, tenant }) => must(200, gate.admin('GET', `/admin/customers/${tenant.id}/statement`)),
  getSettings: adminGet('/admin/settings'),
  getOverview: async ({ world, gate }) => {
    await must(200, gate.admin('GET', '/admin/overview?days=90'));
    for (let hour = 0; hour < 3; hour += 1) {
      world.clock.advance(76 * MINUTE);
      await sumUp(gate.deps, 1);
    }
    await must(200, gate.admin('GET', '/admin/overview'));
  },
  getCustomerLimits: ({ gate, tenant }) =>
    must(200, gate.admin('GET', `/admin/customers/${tenant.id}/limits`)),
  getKeyLimits: ({ gate, tenant }) => must(200, gate.admin('GET', `/admin/keys/${tenant.keyId}/limits`)),
  getGatewayLimits: adminGet('/admin/settings/limits'),
  getSession: playSession,
  signIn: playSession,
  signOut: playSession,
  makeSignInLink: playSession,
  listSessions: adminGet('/admin/sessions'),
  endSession: playSession,
  changeSettings: ({ gate }) => must(200, gate.admin('PATCH', '/admin/settings', { submits: 'on' })),
};

const CRONS: Record<string, Play> = { 'cron of the jobs': playCron, 'cron of the catalogue': playSyncCron };

/** The operations that `playAll` plays. */
export const PLAYED = Object.keys(PLAYS);

/** Plays everything; gives each SQL text that reached D1 with the names of those who sent it. */
export async function playAll(): Promise<Map<string, string[]>> {
  const senders = new Map<string, string[]>();
  for (const [name, play] of Object.entries({ ...PLAYS, ...CRONS })) {
    const cast = await createCast();
    await play(cast);
    await cast.world.idle();
    const texts = cast.gate.calls.flatMap((call) => (call.what === 'D1' ? call.statements : []));
    for (const sql of new Set(texts)) {
      senders.set(sql, [...(senders.get(sql) ?? []), name]);
    }
  }
  return senders;
}
