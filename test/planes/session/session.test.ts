// A person signs in; the rights of a cookie.
//
// Interleavings and crash points:
// - two browsers redeem one link at once: one session, one refusal; D1 has nothing of the refused one
// - the answer to a redemption is lost: the link is used, the session is in the list and can be ended there
// - a session is ended elsewhere while its page works: the next call is refused, on every isolate, with nothing changed
// - the admin token leaves the settings, or its name changes: its sessions and links end at once; a colleague's session stays
// - an admin token becomes a read token, or is in both lists: its sessions may only read from then on
// - a cookie from another site, another port, an address bar or a program: refused before any read of D1

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { auditOf, countAudit } from '../../support/audit.ts';
import { dumpD1 } from '../../support/dump.ts';
import { recordedIsolate } from '../../support/recorder.ts';
import { ADMIN_TOKEN, createWorld, READ_TOKEN, type Isolate } from '../../support/world.ts';

const HOUR = 3_600_000;
const OTHER_TOKEN = 'another-admin-token-0123456789abcdefghijklmn';
const SAME = { 'Sec-Fetch-Site': 'same-origin' };

type Post = { body: object; headers?: Record<string, string> };

const send = (isolate: Isolate, path: string, { body, headers = SAME }: Post) =>
  isolate.call(path, { method: 'POST', body, headers });
const post = (isolate: Isolate, path: string, body: object) => send(isolate, path, { body });

/** The headers with which a page of this gateway calls after the sign-in. */
async function signedIn(isolate: Isolate, body: object = { token: ADMIN_TOKEN }) {
  const { status, headers } = await send(isolate, '/session', {
    body,
    headers: { ...SAME, 'User-Agent': 'Tester/1.0' },
  });
  if (status !== 200) {
    throw new Error(`signed in with ${status}`);
  }
  const [cookie = ''] = headers.get('set-cookie')!.split(';');
  return { ...SAME, Cookie: cookie };
}

async function link(isolate: Isolate, token = ADMIN_TOKEN): Promise<string> {
  return (await send(isolate, '/session/links', { body: { token }, headers: {} })).body.code;
}

test('a token opens a session: the cookie opens /admin, and names the token in the trail', async ({
  expect,
}) => {
  const world = createWorld();
  const { status, headers, body } = await post(world, '/session', { token: ADMIN_TOKEN });
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      actor: 'ops',
      may_change: true,
      expires_at: new Date(world.clock.now() + 12 * HOUR).toISOString(),
    },
  });
  const setCookie = headers.get('set-cookie')!;
  expect(setCookie).toMatch(
    /^__Host-comfygate=[0-9A-Za-z]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  expect(headers.get('cache-control')).toBe('no-store');
  const own = { ...SAME, Cookie: setCookie.split(';')[0]! };
  expect((await world.call('/session', { headers: own })).body).toEqual(body);
  const made = await world.call('/admin/customers', { method: 'POST', headers: own, body: { name: 'Eve' } });
  expect(made.status).toBe(201);
  expect(await auditOf(made.body.id)).toMatchObject([{ actor: 'ops', action: 'customer.create' }]);
});

test('G7: D1 holds no cookie, no code and no token', async ({ expect }) => {
  const world = createWorld();
  const code = await link(world);
  const { Cookie } = await signedIn(world);
  const dump = JSON.stringify(await dumpD1());
  for (const secret of [code, Cookie.split('=')[1]!, ADMIN_TOKEN]) {
    expect(dump).not.toContain(secret);
  }
  expect(JSON.stringify(world.logs)).not.toContain(code);
});

test.for(['cross-site', 'same-site', 'none', ''])(
  'a cookie with Sec-Fetch-Site "%s" opens nothing, and D1 is not asked',
  async (site, { expect }) => {
    const world = createWorld();
    const { Cookie } = await signedIn(world);
    const gate = recordedIsolate(world);
    const headers: Record<string, string> = site === '' ? { Cookie } : { Cookie, 'Sec-Fetch-Site': site };
    for (const method of ['GET', 'PATCH']) {
      const body = method === 'PATCH' ? { submits: 'off' } : undefined;
      const answer = await gate.call('/admin/settings', { method, headers, body });
      expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site' } });
    }
    expect((await gate.call('/session', { headers })).body).toEqual({ actor: null });
    expect((await gate.call('/session', { method: 'DELETE', headers })).status).toBe(204);
    expect(gate.calls).toEqual([]);
    expect((await world.call('/admin/settings', { headers: { ...SAME, Cookie } })).body.submits).toBe('on');
  },
);

test('another site cannot sign a browser in', async ({ expect }) => {
  const world = createWorld();
  for (const site of ['cross-site', 'same-site', 'none']) {
    const answer = await send(world, '/session', {
      body: { token: ADMIN_TOKEN },
      headers: { 'Sec-Fetch-Site': site },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site' } });
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
});

const forged = [
  '',
  'x',
  '0'.repeat(43),
  '0'.repeat(44),
  'a'.repeat(4000),
  '%00',
  "' OR 1=1 --",
  '__proto__',
  ADMIN_TOKEN,
];

test('a forged cookie is a session that has ended, and only one of the right shape reaches D1', async ({
  expect,
}) => {
  const world = createWorld();
  const gate = recordedIsolate(world);
  for (const value of forged) {
    const headers = { ...SAME, Cookie: `__Host-comfygate=${value}` };
    const answer = await gate.call('/admin/settings', { headers });
    expect({ value, status: answer.status, code: answer.body.code }).toEqual({
      value,
      status: 401,
      code: 'session_ended',
    });
  }
  expect(gate.calls).toHaveLength(1);
});

test('a cookie of another name, or the hash that D1 keeps, is no session', async ({ expect }) => {
  const world = createWorld();
  const { Cookie } = await signedIn(world);
  const secret = Cookie.split('=')[1]!;
  const hash = await env.DB.prepare('SELECT hash FROM sessions').first<string>('hash');
  for (const cookie of [
    `comfygate=${secret}`,
    `__Secure-comfygate=${secret}`,
    `__Host-comfygate2=${secret}`,
    `x__Host-comfygate=${secret}`,
    `__host-comfygate=${secret}`,
  ]) {
    const { status, body } = await world.call('/admin/settings', { headers: { ...SAME, Cookie: cookie } });
    expect({ cookie, status, code: body.code }).toEqual({ cookie, status: 401, code: 'invalid_admin_token' });
  }
  const { status } = await world.call('/admin/settings', {
    headers: { ...SAME, Cookie: `__Host-comfygate=${hash}` },
  });
  expect(status).toBe(401);
});

test('the Authorization header decides where there is one, good or bad', async ({ expect }) => {
  const world = createWorld();
  const own = await signedIn(world);
  for (const authorization of ['Bearer wrong', 'Basic b3BzOng=', 'nonsense']) {
    const { status, body } = await world.call('/admin/settings', {
      headers: { ...own, Authorization: authorization },
    });
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'invalid_admin_token' });
  }
});

test('a session lasts twelve hours, and what is over goes with the next sign-in', async ({ expect }) => {
  const world = createWorld();
  const own = await signedIn(world);
  world.clock.advance(12 * HOUR - 1);
  expect((await world.call('/admin/settings', { headers: own })).status).toBe(200);
  world.clock.advance(1);
  expect((await world.call('/admin/settings', { headers: own })).body.code).toBe('session_ended');
  expect((await world.call('/session', { headers: own })).body).toEqual({ actor: null });
  await signedIn(world);
  const left = await env.DB.prepare('SELECT COUNT(*) AS n FROM sessions WHERE expires_at_ms <= ?1')
    .bind(world.clock.now())
    .first<number>('n');
  expect(left).toBe(0);
});

test('sessions are listed, and one that is ended elsewhere is over on every isolate at once', async ({
  expect,
}) => {
  const world = createWorld();
  const mine = await signedIn(world);
  world.clock.advance(1000);
  const theirs = await signedIn(world);
  const other = world.isolate();
  expect((await other.call('/admin/settings', { headers: theirs })).status).toBe(200);
  const { items } = (await world.call('/admin/sessions', { headers: mine })).body;
  const latest = items.find(
    ({ created_at }: any) => created_at === new Date(world.clock.now()).toISOString(),
  );
  expect(latest).toMatchObject({ actor: 'ops', agent: 'Tester/1.0', current: false });
  expect(items.filter(({ current }: any) => current)).toHaveLength(1);

  const end = () => world.call(`/admin/sessions/${latest.id}`, { method: 'DELETE', headers: mine });
  expect((await end()).status).toBe(204);
  expect(await auditOf(latest.id)).toMatchObject([{ action: 'session.start' }, { action: 'session.end' }]);
  expect((await end()).status).toBe(404);
  const before = await countAudit();
  const late = await other.call('/admin/settings', {
    method: 'PATCH',
    headers: theirs,
    body: { submits: 'off' },
  });
  expect(late).toMatchObject({ status: 401, body: { code: 'session_ended' } });
  expect((await world.admin('GET', '/admin/settings')).body.submits).toBe('on');
  expect(await countAudit()).toBe(before);
});

test('signing out ends the session and takes the cookie back, twice as well as once', async ({ expect }) => {
  const world = createWorld();
  const own = await signedIn(world);
  for (let time = 0; time < 2; time += 1) {
    const out = await world.call('/session', { method: 'DELETE', headers: own });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(
      /^__Host-comfygate=; Max-Age=0; Path=\/; HttpOnly; Secure;/,
    );
  }
  expect((await world.call('/admin/settings', { headers: own })).body.code).toBe('session_ended');
});

test('another admin token, or another name for it, ends its sessions and links, and no others', async ({
  expect,
}) => {
  const world = createWorld();
  const both = world.isolate({ ADMIN_TOKENS: `ops:${ADMIN_TOKEN},eve:${OTHER_TOKEN}` });
  const ops = await signedIn(both);
  const eve = await signedIn(both, { token: OTHER_TOKEN });
  const code = await link(both);
  for (const tokens of [`eve:${OTHER_TOKEN}`, `eve:${OTHER_TOKEN},op:${ADMIN_TOKEN}`]) {
    const later = world.isolate({ ADMIN_TOKENS: tokens });
    expect((await later.call('/admin/settings', { headers: ops })).body.code).toBe('session_ended');
    expect((await later.call('/session', { headers: ops })).body).toEqual({ actor: null });
    expect((await later.call('/admin/settings', { headers: eve })).status).toBe(200);
    expect((await post(later, '/session', { code })).body.code).toBe('invalid_admin_token');
    const { items } = (await later.call('/admin/sessions', { headers: eve })).body;
    expect(new Set(items.map(({ actor }: any) => actor))).toEqual(new Set(['eve']));
  }
  expect((await post(both, '/session', { code })).status).toBe(200);
});

test('a read token signs in, by itself and by a link, and its session changes nothing', async ({
  expect,
}) => {
  const world = createWorld();
  const code = await link(world, READ_TOKEN);
  for (const body of [{ token: READ_TOKEN }, { code }]) {
    const own = await signedIn(world, body);
    expect((await world.call('/session', { headers: own })).body).toMatchObject({
      actor: 'grafana',
      may_change: false,
    });
    const { items } = (await world.call('/admin/sessions', { headers: own })).body;
    expect(items).toContainEqual(expect.objectContaining({ actor: 'grafana', current: true }));
    const before = await dumpD1();
    for (const [method, path, sent] of [
      ['PATCH', '/admin/settings', { submits: 'off' }],
      ['DELETE', `/admin/sessions/${items[0].id}`, undefined],
      ['POST', '/admin/customers', '{'],
    ] as const) {
      const answer = await world.call(path, { method, headers: own, body: sent });
      expect(answer).toMatchObject({ status: 403, body: { code: 'read_only_token' } });
    }
    expect(await dumpD1()).toEqual(before);
    expect((await world.call('/session', { method: 'DELETE', headers: own })).status).toBe(204);
  }
});

test('a token that stands in both lists changes nothing any more, under whichever name', async ({
  expect,
}) => {
  const world = createWorld();
  const own = await signedIn(world);
  for (const [tokens, status] of [
    [`ops:${ADMIN_TOKEN}`, 403],
    [`watch:${ADMIN_TOKEN}`, 403],
    [`watch:${READ_TOKEN}`, 200],
  ] as const) {
    const later = world.isolate({ READ_TOKENS: tokens });
    const change = { method: 'PATCH', headers: own, body: { submits: 'on' } };
    expect((await later.call('/session', { headers: own })).body.may_change).toBe(status === 200);
    expect((await later.call('/admin/settings', change)).status).toBe(status);
  }
});

test('a link signs in once, within the hour', async ({ expect }) => {
  const world = createWorld();
  const code = await link(world);
  const own = await signedIn(world, { code });
  expect((await world.call('/admin/settings', { headers: own })).status).toBe(200);
  expect((await post(world, '/session', { code })).body.code).toBe('invalid_admin_token');
  const old = await link(world);
  world.clock.advance(HOUR);
  expect((await post(world, '/session', { code: old })).body).toMatchObject({
    code: 'invalid_admin_token',
    detail: expect.stringContaining('older than an hour'),
  });
});

test('of twenty browsers that redeem one link at once one gets in', async ({ expect }) => {
  const world = createWorld();
  const code = await link(world);
  const before = await env.DB.prepare('SELECT COUNT(*) AS n FROM sessions').first<number>('n');
  const audited = await countAudit();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => post(world.isolate(), '/session', { code })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
  expect(await env.DB.prepare('SELECT COUNT(*) AS n FROM sessions').first<number>('n')).toBe(before! + 1);
  expect(await countAudit()).toBe(audited + 1);
});

test('a wrong token and a made-up code are refused, and leave nothing behind', async ({ expect }) => {
  const world = createWorld();
  const before = await dumpD1();
  const wrong = [{ token: `${ADMIN_TOKEN}X` }, { token: 'x' }, { code: '0'.repeat(43) }, { code: 'x' }];
  for (const body of wrong) {
    const answer = await post(world, '/session', body);
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_admin_token' } });
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
  expect((await post(world, '/session/links', { token: 'x' })).status).toBe(401);
  expect((await post(world, '/session', {})).status).toBe(422);
  expect((await post(world, '/session', { token: ADMIN_TOKEN, code: 'x' })).status).toBe(422);
  expect(await dumpD1()).toEqual(before);
});

test('without an admin token the console is closed', async ({ expect }) => {
  const shut = createWorld().isolate({ ADMIN_TOKENS: '' });
  expect((await post(shut, '/session', { token: ADMIN_TOKEN })).body.code).toBe('admin_closed');
  expect((await post(shut, '/session/links', { token: ADMIN_TOKEN })).body.code).toBe('admin_closed');
  expect((await shut.call('/session', { headers: SAME })).body).toEqual({ actor: null });
});
