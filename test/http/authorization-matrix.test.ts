// G1 and the doors: every route of the tables by everyone who may knock. Who is let in follows from the route's door; what
// a call needs stands below, by operation, and an operation without it fails.

import { test } from 'vitest';
import { newKeyText } from '../../src/features/keys/key.ts';
import { addAccount, resetAccounts, setUpstreamAccount } from '../support/accounts.ts';
import { booksOf } from '../support/books.ts';
import { browserToken } from '../support/browser-token.ts';
import { dumpD1 } from '../support/dump.ts';
import { headOf, PICTURE, upload } from '../support/upload.ts';
import { pathOf, ROUTES, type TestRoute } from '../support/routes.ts';
import {
  ADMIN_TOKEN,
  createWorld,
  IMAGE_TO_VIDEO,
  PROMPT,
  READ_TOKEN,
  TEXT_TO_VIDEO,
  type Isolate,
  type Tenant,
  type World,
} from '../support/world.ts';

type Verb = 'status' | 'result' | 'cancel';

/** Everyone who may knock, by their Authorization header. */
type Principals = {
  none: string | null;
  wrongScheme: string | null;
  garbage: string | null;
  unknownKey: string | null;
  revokedKey: string | null;
  expiredKey: string | null;
  forgedToken: string | null;
  truncatedToken: string | null;
  unknownToken: string | null;
  revokedToken: string | null;
  expiredToken: string | null;
  tokenOfRevokedKey: string | null;
  tokenOfExpiredKey: string | null;
  suspendedCustomer: string | null;
  tokenOfSuspended: string | null;
  wrongAdmin: string | null;
  owner: string | null;
  othersKey: string | null;
  ownersOtherKey: string | null;
  startingToken: string | null;
  siblingToken: string | null;
  reader: string | null;
  /** Another token of the end user whose token started the job. */
  usersOtherToken: string | null;
  /** The same user's, which sees its own jobs alone. */
  usersOwnToken: string | null;
  othersUserToken: string | null;
  /** The user of the same name of another customer. */
  namesakesToken: string | null;
  tokenOfOtherKey: string | null;
  boundToken: string | null;
  boundTokenElsewhere: string | null;
  boundTokenOfNoPage: string | null;
  keyInPage: string | null;
  keyOfSameSite: string | null;
  admin: string | null;
};
type Name = keyof Principals;
type Expected = Record<Name, number>;

type Cast = {
  world: World;
  principals: Principals;
  owner: Tenant;
  other: Tenant;
  tokens: Record<'starting' | 'sibling' | 'othersUser' | 'usersOwn' | 'namesakes', string>;
  /** A token of the owner's key that nobody presents. */
  spareTokenId: string;
  /** Headers beside Authorization, by whose they are. */
  pages: Partial<Record<Name, Record<string, string>>>;
  /** A key that nobody presents, to be changed and revoked. */
  spareKeyId: string;
  /** A session that nobody uses, to be ended. */
  sessionId: string;
  /** An account that takes no jobs. */
  spareAccountId: string;
  /** Uploaded by the token that starts the job. */
  file: { id: string; url: string };
  sparePlanId: string;
  jobId: string;
  upstreamId: string;
};

/** How a route is called. What is not named in `values` is filled in by `valuesOf`. */
type Knock = {
  body?: object | ((cast: Cast) => object);
  headers?: Record<string, string>;
  /** Puts back what a call takes away, for the next one who is let in. */
  renew?: (cast: Cast) => Promise<void>;
  values?: Record<string, string> | ((cast: Cast) => Record<string, string>);
  about?: 'job' | 'token';
  /** A page of another site gets 403, whoever sends it. */
  isRefusedFromSites?: true;
};

function bodyOf({ body }: Knock, cast: Cast): object | undefined {
  return typeof body === 'function' ? body(cast) : body;
}

const NO_KEY = {
  none: 401,
  wrongScheme: 401,
  garbage: 401,
  unknownKey: 401,
  revokedKey: 401,
  expiredKey: 401,
  forgedToken: 401,
  truncatedToken: 401,
  unknownToken: 401,
  revokedToken: 401,
  expiredToken: 401,
  tokenOfRevokedKey: 401,
  tokenOfExpiredKey: 401,
  wrongAdmin: 401,
};

const TOKENS = [
  'startingToken',
  'siblingToken',
  'usersOtherToken',
  'usersOwnToken',
  'othersUserToken',
  'namesakesToken',
  'tokenOfOtherKey',
  'boundToken',
] as const;

const each = <N extends Name>(names: readonly N[], status: number) =>
  Object.fromEntries(names.map((name) => [name, status])) as Record<N, number>;

/** A route for every live key of an active customer, and for browser tokens where its row says so. */
function anyKey(status: number, takesTokens: boolean): Expected {
  return {
    ...NO_KEY,
    ...each(TOKENS, takesTokens ? status : 403),
    suspendedCustomer: 403,
    tokenOfSuspended: 403,
    owner: status,
    othersKey: status,
    ownersOtherKey: status,
    reader: 401,
    boundTokenElsewhere: 403,
    boundTokenOfNoPage: 403,
    keyInPage: 403,
    keyOfSameSite: 403,
    admin: 401,
  };
}

/**
 * A route for the customer whose job it is; of browser tokens for the one that started it, and for those of its end user
 * that see all of their user's jobs.
 */
function ownersOnly(status: number): Expected {
  return {
    ...anyKey(status, true),
    ...each(TOKENS, 404),
    othersKey: 404,
    startingToken: status,
    usersOtherToken: status,
  };
}

/** A route for the key that minted the token. */
function mintersOnly(status: number): Expected {
  return { ...anyKey(status, false), othersKey: 404, ownersOtherKey: 404 };
}

/** A read token may call routes that change nothing. */
function adminOnly(status: number, isRead: boolean): Expected {
  return {
    ...NO_KEY,
    ...each(TOKENS, 401),
    suspendedCustomer: 401,
    tokenOfSuspended: 401,
    owner: 401,
    othersKey: 401,
    ownersOtherKey: 401,
    reader: isRead ? status : 403,
    boundTokenElsewhere: 401,
    boundTokenOfNoPage: 401,
    keyInPage: 401,
    keyOfSameSite: 401,
    admin: status,
  };
}

function everybody(status: number): Expected {
  const names = Object.keys(anyKey(status, true)) as Name[];
  return Object.fromEntries(names.map((name) => [name, status])) as Expected;
}

/** By the row alone, but for routes about a job or a token. */
function expectedOf(route: TestRoute, knock: Knock): Expected {
  const { door, status, takesTokens, isRead } = route;
  const { about } = knock;
  switch (door) {
    case 'admin':
      return adminOnly(status, isRead);
    case 'key':
      return about === 'job'
        ? ownersOnly(status)
        : about === 'token'
          ? mintersOnly(status)
          : anyKey(status, takesTokens);
    case 'open':
      return { ...everybody(status), ...(knock.isRefusedFromSites === true ? { keyOfSameSite: 403 } : {}) };
  }
}

/** Of an account that the world's RunComfy knows and the gateway does not. */
const NEW_TOKEN = 'rc-matrix-token-0123456789';

const ABOUT_JOB: Knock = { about: 'job' };
const BLANK: Knock = {};

/** Files are seen by whoever sees the jobs of their uploader. */
const ABOUT_FILE: Knock = {
  about: 'job',
  async renew(cast) {
    cast.file = (await upload(cast.world, PICTURE, { token: cast.tokens.starting })).body;
  },
};

const KNOCKS: Record<string, Knock> = {
  welcome: BLANK,
  getFile: BLANK,
  uploadFile: { body: PICTURE, headers: headOf(PICTURE) },
  listFiles: BLANK,
  deleteFile: ABOUT_FILE,
  getOpenapi: BLANK,
  getBalance: BLANK,
  listOfferedModels: BLANK,
  listCategories: BLANK,
  getOfferedModel: BLANK,
  submit: { body: PROMPT },
  estimate: { body: PROMPT },
  reportOwnUsage: BLANK,
  getOwnKey: BLANK,
  rotateOwnKey: BLANK,
  listRequests: BLANK,
  getRequest: ABOUT_JOB,
  getModelOpenapi: BLANK,
  mintToken: { body: { models: [TEXT_TO_VIDEO] } },
  listTokens: BLANK,
  revokeToken: { about: 'token' },
  getStatus: ABOUT_JOB,
  getResult: ABOUT_JOB,
  cancelJob: ABOUT_JOB,
  createCustomer: { body: { name: 'Eve' } },
  listCustomers: BLANK,
  getCustomer: BLANK,
  changeCustomer: { body: { markup: 0 } },
  changeCustomers: { body: ({ owner }) => ({ ids: [owner.id], patch: { markup: 0 } }) },
  eraseCustomer: { values: ({ other }) => ({ customer: other.id }) },
  listPlans: BLANK,
  createPlan: { body: { name: 'Pro' } },
  changePlan: { body: { markup: 0 } },
  deletePlan: BLANK,
  issueKey: { body: { name: 'mine' } },
  listKeysOfCustomer: BLANK,
  listKeys: BLANK,
  changeKey: { body: { limits: {} } },
  rotateKey: BLANK,
  findKeyOwner: { body: ({ other }) => ({ key: other.token }) },
  revokeKey: BLANK,
  listCredits: BLANK,
  bookCredit: { body: { amount_usd: 1, note: 'matrix' } },
  listOwnPrices: BLANK,
  setOwnPrice: { body: { usd: 0 } },
  dropOwnPrice: { values: { model_id: IMAGE_TO_VIDEO } },
  listModels: BLANK,
  putModel: {
    values: { model_id: 'matrix/put' },
    body: { input_schema: { type: 'object' }, price: { usd: 0, unit: 'output' } },
  },
  tryPrice: { body: { model_id: TEXT_TO_VIDEO, input: PROMPT } },
  patchModel: { body: { description: 'changed' } },
  getSync: BLANK,
  syncModels: { body: {} },
  listJobs: BLANK,
  getJob: BLANK,
  resolveJob: { body: { outcome: 'lost' } },
  resolveJobs: {
    body: { account: 'acct_env', from: '2026-01-01', to: '2026-01-02', outcome: 'lost' },
  },
  checkLedger: BLANK,
  rebuildUsage: { body: {} },
  listAudit: BLANK,
  getAuditChain: BLANK,
  reportUsage: BLANK,
  getSettings: BLANK,
  changeSettings: { body: { submits: 'on' } },
  getHealth: BLANK,
  getOverview: BLANK,
  getCustomerLimits: BLANK,
  getStatement: BLANK,
  getKeyLimits: BLANK,
  getGatewayLimits: BLANK,
  getSession: BLANK,
  signIn: { body: { token: ADMIN_TOKEN }, isRefusedFromSites: true },
  signOut: BLANK,
  makeSignInLink: { body: { token: ADMIN_TOKEN } },
  listSessions: BLANK,
  endSession: BLANK,
  getMetrics: BLANK,
  createAccount: { body: { label: 'second', token: NEW_TOKEN } },
  listAccounts: BLANK,
  getAccount: BLANK,
  changeAccount: { body: { priority: 7 } },
  deleteAccount: BLANK,
  checkAccount: BLANK,
  rewrapVault: BLANK,
};

/** Each parameter of a path, by its name. */
function valuesOf(cast: Cast): Record<string, string> {
  const { owner, spareKeyId, spareTokenId, sessionId, spareAccountId, sparePlanId, jobId, file } = cast;
  const model_id = TEXT_TO_VIDEO;
  const [secret = '', name = ''] = new URL(file.url).pathname.split('/').slice(2);
  return {
    secret,
    name,
    file: file.id,
    customer: owner.id,
    key: spareKeyId,
    token: spareTokenId,
    session: sessionId,
    account: spareAccountId,
    plan: sparePlanId,
    job: jobId,
    request_id: jobId,
    model_id,
  };
}

function pathFor(route: TestRoute, { values }: Knock, cast: Cast): string {
  return pathOf(route, { ...valuesOf(cast), ...(typeof values === 'function' ? values(cast) : values) });
}

const CALLS = ROUTES.map((route) => ({ route, knock: KNOCKS[route.id] ?? BLANK }));

/** A page that a token is bound to. */
const SHOP = 'https://shop.example';

const bearer = (text: string) => `Bearer ${text}`;

/** A job started by a browser token, with all of its neighbours in place. */
async function createCast(): Promise<Cast> {
  const world = createWorld();
  // A cron that never ran is a failure of the gateway, and health says so by its status.
  await world.cron();
  const owner = await world.tenant();
  const other = await world.tenant();
  const suspended = await world.tenant();
  const spare = await world.key(owner);
  const spareAccount = await addAccount(world, { status: 'disabled' });
  setUpstreamAccount(world, { name: 'second', token: NEW_TOKEN, balanceUsd: 10 });
  const { body: sparePlan } = await world.admin('POST', '/admin/plans', { name: crypto.randomUUID() });
  const revoked = await world.key(owner);
  const expired = await world.key(owner, { expires_at: new Date(world.clock.now() + 1000).toISOString() });
  const ofSuspended = await browserToken(world, suspended);
  await world.admin('PATCH', `/admin/customers/${suspended.id}`, { status: 'suspended' });
  const revokedToken = await browserToken(world, owner);
  const expiredToken = await browserToken(world, owner, { ttlMs: 1000 });
  const tokenOfRevokedKey = await browserToken(world, { id: owner.id, keyId: revoked.id });
  const tokenOfExpiredKey = await browserToken(world, { id: owner.id, keyId: expired.id });
  for (const { id } of [revoked, revokedToken]) {
    await world.admin('DELETE', `/admin/keys/${id}`);
  }
  const second = await world.key(owner);
  const user = { endUser: 'user-1' };
  const textOf = async (parent: Tenant, narrower: Parameters<typeof browserToken>[2] = {}) =>
    (await browserToken(world, parent, narrower)).token;
  const tokens = {
    starting: await textOf(owner, user),
    sibling: await textOf(owner),
    othersUser: await textOf(owner, { endUser: 'user-2' }),
    usersOwn: await textOf(owner, { ...user, see: 'own' }),
    namesakes: await textOf(other, user),
  };
  const usersOther = await textOf(owner, user);
  const ofOtherKey = await browserToken(world, { id: owner.id, keyId: second.id });
  const bound = await browserToken(world, owner, { origins: [SHOP] });
  const spareToken = await browserToken(world, owner);
  const live = tokens.sibling;
  await world.admin('PUT', `/admin/customers/${owner.id}/prices/${IMAGE_TO_VIDEO}`, { usd: 1 });
  await world.call('/session', { method: 'POST', body: { token: ADMIN_TOKEN } });
  const { items: sessions } = (await world.admin('GET', '/admin/sessions')).body;
  world.clock.advance(1000);
  const { body } = await world.submit(tokens.starting);
  const { body: file } = await upload(world, PICTURE, { token: tokens.starting });
  await world.idle();
  return {
    world,
    owner,
    other,
    tokens,
    spareKeyId: spare.id,
    sessionId: sessions[0].id,
    spareAccountId: spareAccount.id,
    file,
    sparePlanId: sparePlan.id,
    spareTokenId: spareToken.id,
    pages: {
      boundToken: { Origin: SHOP },
      boundTokenElsewhere: { Origin: 'https://thief.example' },
      keyInPage: { Origin: SHOP },
      keyOfSameSite: { 'Sec-Fetch-Site': 'same-site' },
    },
    jobId: body.request_id,
    upstreamId: world.runcomfy.accepted().jobs[0]!.id,
    principals: {
      none: null,
      wrongScheme: `Basic ${btoa(owner.token)}`,
      garbage: bearer('not-a-key'),
      unknownKey: bearer(newKeyText('secret')),
      revokedKey: bearer(revoked.key),
      expiredKey: bearer(expired.key),
      forgedToken: bearer(live.slice(0, 10) + (live[10] === 'A' ? 'B' : 'A') + live.slice(11)),
      truncatedToken: bearer(live.slice(0, -1)),
      unknownToken: bearer(newKeyText('browser')),
      revokedToken: bearer(revokedToken.token),
      expiredToken: bearer(expiredToken.token),
      tokenOfRevokedKey: bearer(tokenOfRevokedKey.token),
      tokenOfExpiredKey: bearer(tokenOfExpiredKey.token),
      suspendedCustomer: bearer(suspended.token),
      tokenOfSuspended: bearer(ofSuspended.token),
      wrongAdmin: bearer(`${ADMIN_TOKEN.slice(0, -1)}X`),
      owner: bearer(owner.token),
      othersKey: bearer(other.token),
      ownersOtherKey: bearer(second.key),
      startingToken: bearer(tokens.starting),
      siblingToken: bearer(tokens.sibling),
      reader: bearer(READ_TOKEN),
      usersOtherToken: bearer(usersOther),
      usersOwnToken: bearer(tokens.usersOwn),
      othersUserToken: bearer(tokens.othersUser),
      namesakesToken: bearer(tokens.namesakes),
      tokenOfOtherKey: bearer(ofOtherKey.token),
      boundToken: bearer(bound.token),
      boundTokenElsewhere: bearer(bound.token),
      boundTokenOfNoPage: bearer(bound.token),
      keyInPage: bearer(owner.token),
      keyOfSameSite: bearer(owner.token),
      admin: bearer(ADMIN_TOKEN),
    },
  };
}

/** Lets the job succeed and the books learn of it. */
async function endJob({ world, owner, jobId, upstreamId }: Cast): Promise<void> {
  world.runcomfy.finish(upstreamId, { as: 'succeeded' });
  await world.result(owner.token, jobId);
  await world.idle();
}

function without(fields: object, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

test('every operation is called here, and nothing else is', ({ expect }) => {
  expect(Object.keys(KNOCKS).toSorted()).toEqual(ROUTES.map(({ id }) => id).toSorted());
});

/** RunComfy's routes are found under any number of slashes; the operator's under one spelling. */
const isFolded = ({ path }: TestRoute) => /^\/(?:v1|prod)\//.test(path);
const SPELLINGS = {
  usual: (path: string) => path,
  'doubled slashes': (path: string) => path.replaceAll('/', '//'),
  'a trailing slash': (path: string) => `${path}/`,
};
type Spelling = keyof typeof SPELLINGS;
const ODD: Spelling[] = ['doubled slashes', 'a trailing slash'];

const states = CALLS.flatMap(({ route, knock }) => {
  const cases: { spelling: Spelling; state: 'running' | 'ended' }[] = [
    { spelling: 'usual', state: 'running' },
  ];
  const odd = isFolded(route) ? ODD.map((spelling) => ({ spelling, state: 'running' as const })) : [];
  const ended = knock.about === 'job' ? [{ spelling: 'usual' as const, state: 'ended' as const }] : [];
  return [...cases, ...odd, ...ended].map((one) => ({ id: route.id, route, knock, ...one }));
});

type State = 'running' | 'ended';

async function castFor(state: State): Promise<Cast> {
  const cast = await createCast();
  if (state === 'ended') {
    await endJob(cast);
  }
  return cast;
}

type One = (typeof states)[number];

async function statusFor({ route, knock, spelling }: One, cast: Cast, name: Name): Promise<number> {
  const path = pathFor(route, knock, cast);
  const authorization = cast.principals[name];
  const { status } = await cast.world.call(`https://gate.test${SPELLINGS[spelling](path)}`, {
    method: route.method,
    body: bodyOf(knock, cast),
    headers: {
      ...(authorization === null ? {} : { Authorization: authorization }),
      ...knock.headers,
      ...cast.pages[name],
    },
  });
  await cast.world.idle();
  return status;
}

function expectedWhere({ route, knock }: One, isWanted: (status: number) => boolean): Partial<Expected> {
  const expected = Object.entries(expectedOf(route, knock));
  return Object.fromEntries(expected.filter(([, status]) => isWanted(status)));
}

const namesOf = (expected: Partial<Expected>) => Object.keys(expected) as Name[];

type Stage = Record<State, Cast> & { before: Record<string, unknown[]> };
let stage: Promise<Stage> | undefined;

/** The casts of calls that leave them as they are, and what D1 holds then. */
async function openStage(): Promise<Stage> {
  const casts = { running: await castFor('running'), ended: await castFor('ended') };
  await resetAccounts();
  return { ...casts, before: await dumpD1() };
}

test.for(states)('$id, $spelling, a $state job: refused callers change nothing', async (one, { expect }) => {
  const { [one.state]: cast, before } = await (stage ??= openStage());
  const expected = expectedWhere(one, (status) => status >= 400);
  const answers: Partial<Expected> = {};
  cast.world.runcomfy.resetCalls();
  for (const name of namesOf(expected)) {
    answers[name] = await statusFor(one, cast, name);
  }
  expect(answers).toEqual(expected);
  expect(await dumpD1()).toEqual(before);
  expect(Object.values(cast.world.runcomfy.calls().counts)).toEqual([0, 0, 0, 0, 0, 0]);
});

/** Calls after which other calls would meet something else, and those of accounts, which are reset before each test. */
const DISTURBING = new Set([
  'deleteFile',
  'rotateOwnKey',
  'revokeToken',
  'cancelJob',
  'eraseCustomer',
  'deletePlan',
  'rotateKey',
  'revokeKey',
  'resolveJob',
  'signOut',
  'endSession',
  'changeAccount',
  'deleteAccount',
  'checkAccount',
]);

// These come after all refusals, because they change what D1 holds.
test.for(states)('$id, $spelling, a $state job: allowed callers', async (one, { expect }) => {
  const { route, knock, state } = one;
  const cast = DISTURBING.has(route.id) ? await castFor(state) : (await (stage ??= openStage()))[state];
  const expected = expectedWhere(one, (status) => status < 400);
  const answers: Partial<Expected> = {};
  for (const name of namesOf(expected)) {
    await knock.renew?.(cast);
    answers[name] = await statusFor(one, cast, name);
  }
  expect(answers).toEqual(expected);
});

test.for(ODD)('the operator’s routes have one spelling: %s does not exist', async (spelling, { expect }) => {
  const cast = await createCast();
  const before = await dumpD1();
  for (const { route, knock } of CALLS.filter(({ route: { door } }) => door === 'admin')) {
    const path = pathFor(route, knock, cast);
    const url = `https://gate.test${SPELLINGS[spelling](path)}`;
    const { status } = await cast.world.call(url, {
      method: route.method,
      token: ADMIN_TOKEN,
      body: bodyOf(knock, cast),
    });
    expect({ id: route.id, isRefused: status >= 400 }).toEqual({ id: route.id, isRefused: true });
  }
  expect(await dumpD1()).toEqual(before);
});

const verbs: Verb[] = ['status', 'result', 'cancel'];
const questions = verbs.flatMap((verb) => (['running', 'ended'] as const).map((state) => ({ verb, state })));

test.for(questions)(
  'G1: a foreign, a missing and a malformed id are the same 404 on $verb of a $state job',
  async ({ verb, state }, { expect }) => {
    const cast = await createCast();
    const { world, owner, other, tokens, jobId, upstreamId } = cast;
    if (state === 'ended') {
      await endJob(cast);
    }
    // The first isolate has the job in its memory, the second has to ask KV and D1.
    const isolates = [world, world.isolate()];
    await world.status(owner.token, jobId);
    await world.idle();
    const books = await booksOf(owner.id);
    world.runcomfy.resetCalls();

    const ask = async (isolate: Isolate, token: string, id: string) => {
      const { status, headers, body } = await isolate[verb](token, id);
      return {
        status,
        body: without(body, 'trace_id'),
        headers: without(Object.fromEntries(headers), 'x-request-id'),
      };
    };
    const missing = '00000000-0000-4000-8000-000000000000';
    const malformed = [
      '..',
      '%2e%2e',
      '.%2E',
      '.',
      'a%2Fb',
      'a/b',
      '',
      '%00',
      '%ff',
      '%',
      'x'.repeat(200),
      'заявка',
      "1'%20OR%20'1'='1",
      `${jobId}%0a`,
      `${jobId}%2f`,
      `%20${jobId}`,
      jobId.toUpperCase(),
      jobId.slice(4),
      upstreamId,
      owner.id,
      owner.keyId,
      '__proto__',
      'constructor',
    ];
    const expected = await ask(world, other.token, missing);
    expect(expected).toMatchObject({ status: 404, body: { code: 'job_not_found', error_code: 404001 } });
    for (const isolate of isolates) {
      for (const token of [owner.token, other.token, tokens.starting, tokens.sibling]) {
        for (const id of [missing, ...malformed]) {
          expect({ id, ...(await ask(isolate, token, id)) }).toEqual({ id, ...expected });
        }
      }
      expect(await ask(isolate, other.token, jobId)).toEqual(expected);
      for (const stranger of [tokens.sibling, tokens.othersUser, tokens.usersOwn, tokens.namesakes]) {
        expect(await ask(isolate, stranger, jobId)).toEqual(expected);
      }
    }
    await world.idle();
    expect(Object.values(world.runcomfy.calls().counts)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await booksOf(owner.id)).toEqual(books);
  },
);
