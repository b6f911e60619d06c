// `npm run deploy` as a stranger uses it, against a stand-in of Cloudflare: accounts that are new, that have a gateway,
// that have something else of its name, and what it says to mistakes.

import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { claimDeployment } from '../../scripts/claim.ts';
import { says } from '../bundle/output.ts';
import { activeVersion, type Account, type Version } from './cloudflare/account.ts';
import { openCloud, type Cloud } from './cloudflare/cloud.ts';
import { linesIn } from './picture.ts';
import { RUNCOMFY_TOKEN, serveRunComfy } from './simulated.ts';
import {
  adminTokenIn,
  call,
  makeClone,
  makeQuickClone,
  rowsIn,
  run,
  secretsIn,
  shownCall,
  startAtTerminal,
  type Clone,
} from './support.ts';

const MINUTES = 10 * 60_000;
const BINDINGS = [
  'ADMIN_TOKENS',
  'ASSETS',
  'DB',
  'FILES',
  'MISSES',
  'OWNERS',
  'PLAN',
  'PROBES',
  'READS',
  'RUNCOMFY_ACCOUNT_URL',
  'RUNCOMFY_BASE_URL',
  'VAULT_KEY',
  'VERSION',
];

let cloud: Cloud;
let shared: Clone;

beforeAll(async () => {
  cloud = await openCloud(40);
  shared = await makeQuickClone();
}, MINUTES);

afterAll(async () => {
  await cloud.end();
  shared.remove();
}, MINUTES);

/** A new account, and a clone that has deployed nothing yet. */
function newStage() {
  rmSync(join(shared.path, '.deploy'), { recursive: true, force: true });
  return { cloud, clone: shared, account: cloud.account() };
}

function textOf(account: Account, name: string): string | undefined {
  return activeVersion(account.scripts[0]!)!.bindings.find((binding) => binding.name === name)?.text;
}

/** The answer of a gateway for a file that it does not have. */
const readMissingFile = async () => (await fetch(`${cloud.front}/files/${'A'.repeat(32)}/cat.png`)).status;

const callsOf = ({ calls }: Account) => calls.map((made) => shownCall(made, 'comfygate'));
const bindingsOf = ({ bindings }: Version) => bindings.map(({ name, type }) => `${name} ${type}`).toSorted();

test(
  'a fresh account: one of each, all migrations, secrets kept here first, an answer',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = { cloud, clone: makeClone(), account: cloud.account() };
    const { account, clone } = stage;
    const { code, output } = await run(stage, 'deploy', { args: ['--yes'] });
    expect({ code, unknown: cloud.unknown }, output).toEqual({ code: 0, unknown: [] });
    expect(account.databases.map(({ name }) => name)).toEqual(['comfygate']);
    expect(account.namespaces.map(({ title }) => title)).toEqual(['comfygate-owners']);
    expect(account.buckets).toEqual(['comfygate-files']);
    expect(account.scripts.map(({ name, versions, crons }) => [name, versions.length, crons.length])).toEqual(
      [['comfygate', 1, 2]],
    );
    expect(
      activeVersion(account.scripts[0]!)!
        .bindings.map(({ name }) => name)
        .toSorted(),
    ).toEqual(BINDINGS);
    expect(await rowsIn(cloud, account, 'SELECT * FROM deploy_lease')).toEqual([]);
    expect(account.scripts[0]!.versions[0]!.pages).toContain('/console/index.html');

    const secrets = secretsIn(clone);
    expect(secrets['ADMIN_TOKENS']).toMatch(/^ops:[\w-]{43}$/);
    expect(Buffer.from(secrets['VAULT_KEY']!, 'base64')).toHaveLength(32);
    expect(textOf(account, 'ADMIN_TOKENS')).toBe(secrets['ADMIN_TOKENS']);
    expect(textOf(account, 'VAULT_KEY')).toBe(secrets['VAULT_KEY']);
    expect(statSync(join(clone.path, '.deploy/comfygate/secrets.env')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(clone.path, '.deploy/comfygate/upload.json'))).toBe(false);
    for (const secret of Object.values(secrets)) {
      expect(output).not.toContain(secret!.replace('ops:', ''));
    }

    expect(output).toMatch(/bookmark {4}[0-9a-f-]{59}/);
    expect(output).toContain(`answers     ${cloud.front}`);
    expect(output).toContain('.deploy/comfygate/secrets.env');
    expect(output.split('\n').filter((line) => line.length > 100)).toEqual([]);
    const health = await call(cloud, '/admin/health', { token: adminTokenIn(clone) });
    expect(health.body.version).toBe(activeVersion(account.scripts[0]!)!.id);

    // Most tests upload with quick-wrangler.ts: it makes the calls that wrangler makes, and the same Worker.
    const quick = newStage();
    await run(quick, 'deploy', { args: ['--yes'] });
    const rotated = { env: { READ_TOKENS: `grafana:${'g'.repeat(40)}` } };
    await run(stage, 'deploy', rotated);
    await run(quick, 'deploy', rotated);
    expect(callsOf(quick.account)).toEqual(callsOf(account));
    expect(quick.account.scripts[0]!.versions.map(bindingsOf)).toEqual(
      account.scripts[0]!.versions.map(bindingsOf),
    );
    clone.remove();
  },
);

test(
  'again: it finds everything, changes no secret, keeps plan and variables',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = newStage();
    const { account, clone } = stage;
    await run(stage, 'deploy', { args: ['--yes', '--plan', 'paid', '--var', 'BALANCE_WARNING_USD=50'] });
    const secrets = secretsIn(clone);
    const { code, output } = await run(stage, 'deploy');
    expect(code, output).toBe(0);
    expect(output).toContain('secrets     unchanged');
    expect(output).toContain('migrations  up to date');
    expect([account.databases.length, account.namespaces.length, account.scripts.length]).toEqual([1, 1, 1]);
    expect(secretsIn(clone)).toEqual(secrets);
    expect(textOf(account, 'VAULT_KEY')).toBe(secrets['VAULT_KEY']);
    expect([textOf(account, 'PLAN'), textOf(account, 'BALANCE_WARNING_USD')]).toEqual(['paid', '50']);

    const elsewhere = { ...stage, clone: await makeQuickClone() };
    const other = await run(elsewhere, 'deploy');
    expect(other.code, other.output).toBe(0);
    expect(other.output).toContain('but refuses the admin token of this clone');
    expect(secretsIn(elsewhere.clone)).toEqual({});
    elsewhere.clone.remove();
    expect(textOf(account, 'VAULT_KEY')).toBe(secrets['VAULT_KEY']);
  },
);

test('--dry-run says what would be done and does nothing', { timeout: MINUTES }, async ({ expect }) => {
  const stage = newStage();
  const { code, output } = await run(stage, 'deploy', { args: ['--dry-run'] });
  expect(code, output).toBe(0);
  expect(output).toContain('database    comfygate would be created');
  expect(output).toContain('ADMIN_TOKENS, VAULT_KEY would be created');
  expect(stage.account.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(existsSync(join(stage.clone.path, '.deploy'))).toBe(false);
});

test(
  '--env staging has a database, a namespace, a Worker and secrets of its own',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = newStage();
    await run(stage, 'deploy', { args: ['--yes'] });
    const { code, output } = await run(stage, 'deploy', { args: ['--yes', '--env', 'staging'] });
    expect(code, output).toBe(0);
    const { account, clone } = stage;
    expect(account.databases.map(({ name }) => name)).toEqual(['comfygate', 'comfygate-staging']);
    expect(account.namespaces.map(({ title }) => title)).toEqual([
      'comfygate-owners',
      'comfygate-staging-owners',
    ]);
    expect(account.buckets).toEqual(['comfygate-files', 'comfygate-staging-files']);
    expect(account.scripts.map(({ name }) => name)).toEqual(['comfygate', 'comfygate-staging']);
    expect(secretsIn(clone, 'comfygate-staging')['VAULT_KEY']).not.toBe(secretsIn(clone)['VAULT_KEY']);
  },
);

test(
  'an account without R2 gets everything but uploads, and those once R2 is on',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = newStage();
    const { account } = stage;
    account.buckets = null;
    const without = await run(stage, 'deploy', { args: ['--yes'] });
    expect(without.code, without.output).toBe(0);
    expect(without.output).toContain('bucket      none: R2 is off in this account, so there are no uploads');
    const typesNow = () => activeVersion(account.scripts[0]!)!.bindings.map(({ type }) => type);
    expect(typesNow()).not.toContain('r2_bucket');
    expect(await readMissingFile()).toBe(501);
    account.buckets = [];
    const { code, output } = await run(stage, 'deploy');
    expect(code, output).toBe(0);
    expect(account.buckets).toEqual(['comfygate-files']);
    expect(typesNow()).toContain('r2_bucket');
    expect(await readMissingFile()).toBe(404);
  },
);

test(
  'a wrong token gets a sentence with the required permissions',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = newStage();
    const { code, output } = await run(stage, 'deploy', {
      args: ['--yes'],
      env: { CLOUDFLARE_API_TOKEN: 'wrong' },
    });
    expect(code).toBe(1);
    expect(output).toContain(
      'Cloudflare does not accept the token for /accounts (10000: Authentication error)',
    );
    expect(output).toContain('D1: Edit');
    expect(existsSync(join(stage.clone.path, '.deploy'))).toBe(false);
  },
);

test('nobody is signed in: it says how', { timeout: MINUTES }, async ({ expect }) => {
  const { code, output } = await run(newStage(), 'deploy', {
    args: ['--yes'],
    env: { CLOUDFLARE_API_TOKEN: '' },
  });
  expect(code).toBe(1);
  expect(output).toBe(
    'Sign in to Cloudflare first: npx wrangler login. In CI set CLOUDFLARE_API_TOKEN instead.\n',
  );
});

test(
  'another Worker with this name is left alone, and nothing is created',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = newStage();
    const { account } = stage;
    const version = {
      id: 'v1',
      number: 1,
      createdOn: '',
      code: '',
      compatibilityDate: '2026-01-01',
      bindings: [{ name: 'DB', type: 'kv_namespace' }],
      pages: [],
    };
    account.scripts.push({
      name: 'comfygate',
      versions: [version],
      deployments: [{ id: 'd1', createdOn: '', version, annotations: {} }],
      crons: [],
    });
    const { code, output } = await run(stage, 'deploy', { args: ['--yes'] });
    expect(code).toBe(1);
    expect(output).toContain('The Worker comfygate of this account is not comfygate.');
    expect(account.calls.filter(({ method }) => method !== 'GET')).toEqual([]);

    const named = await run(stage, 'deploy', { args: ['--yes', '--name', 'my-gateway'] });
    expect(named.code, named.output).toBe(0);
    expect(account.scripts.map(({ name }) => name)).toEqual(['comfygate', 'my-gateway']);
  },
);

test(
  'a database of this name that holds other tables is left alone',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = newStage();
    const { account } = stage;
    const slot = cloud.runtime.newSlot();
    account.databases.push({
      uuid: '0e9c2cc2-5f3f-4e53-9d5b-0d5a2a2f5a11',
      name: 'comfygate',
      createdAt: '',
      slot,
      snapshots: new Map(),
    });
    await cloud.runtime.database(slot)([{ sql: 'CREATE TABLE shop (id INTEGER)' }]);
    const { code, output } = await run(stage, 'deploy', { args: ['--yes'] });
    expect(code).toBe(1);
    expect(output).toContain(
      'The database comfygate of this account contains other tables (shop). Nothing was changed.',
    );
    expect(account.namespaces).toEqual([]);
    expect(
      await rowsIn(cloud, account, "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'"),
    ).toEqual([{ name: 'shop' }]);
  },
);

test(
  'in CI no secrets are generated without --yes, and secrets of the environment are used',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = newStage();
    const { account } = stage;
    const bare = await run(stage, 'deploy');
    expect(bare.code).toBe(1);
    expect(bare.output).toContain(
      'This machine would create ADMIN_TOKENS and VAULT_KEY, and they would be lost with it.',
    );
    expect(account.calls.filter(({ method }) => method !== 'GET')).toEqual([]);

    const env = { ADMIN_TOKENS: `ci:${'a'.repeat(40)}`, VAULT_KEY: Buffer.alloc(32).toString('base64') };
    const { code, output } = await run(stage, 'deploy', { env });
    expect(code, output).toBe(0);
    expect([textOf(account, 'ADMIN_TOKENS'), textOf(account, 'VAULT_KEY')]).toEqual([
      env.ADMIN_TOKENS,
      env.VAULT_KEY,
    ]);
  },
);

test(
  'a different VAULT_KEY in the environment does not replace the key of this clone',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = newStage();
    const { account, clone } = stage;
    await run(stage, 'deploy', { args: ['--yes'] });
    const kept = secretsIn(clone);
    const env = { VAULT_KEY: Buffer.alloc(32).toString('base64') };
    const { code, output } = await run(stage, 'deploy', { args: ['--yes'], env });
    expect(code).toBe(1);
    expect(output).toContain('The VAULT_KEY of the environment differs from the one in');
    expect(secretsIn(clone)).toEqual(kept);
    expect(textOf(account, 'VAULT_KEY')).toBe(kept['VAULT_KEY']);
    // The same one is no other one.
    const same = await run(stage, 'deploy', { env: { VAULT_KEY: kept['VAULT_KEY']! } });
    expect(same.code, same.output).toBe(0);
  },
);

test.for([
  [{ VAULT_KEY: 'short' }, 'VAULT_KEY'],
  [{ ADMIN_TOKENS: 'ops:short' }, 'ADMIN_TOKENS'],
  [{ READ_TOKENS: 'g'.repeat(40) }, 'READ_TOKENS'],
] as const)(
  'a secret of the environment that the gateway would not take does not go up: %j',
  { timeout: MINUTES },
  async ([env, name], { expect }) => {
    const stage = newStage();
    const { code, output } = await run(stage, 'deploy', { args: ['--yes'], env });
    expect(code).toBe(1);
    expect(output).toContain(`The environment has an invalid secret (${name}: `);
    expect(stage.account.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
  },
);

test('a build by Cloudflare leaves the secrets to the operator', { timeout: MINUTES }, async ({ expect }) => {
  const stage = newStage();
  const { code, output } = await run(stage, 'deploy', { env: { WORKERS_CI: '1' } });
  expect(code, output).toBe(0);
  expect(output).toContain('secrets     ADMIN_TOKENS, VAULT_KEY missing. /admin stays closed');
  expect(secretsIn(stage.clone)).toEqual({});
  expect((await call(cloud, '/admin/health', { token: 'x' })).body.code).toBe('admin_closed');
});

test('an account without a name at workers.dev chooses one', { timeout: MINUTES }, async ({ expect }) => {
  const stage = newStage();
  stage.account.subdomain = null;
  const without = await run(stage, 'deploy', { args: ['--yes'] });
  expect(without.code).toBe(1);
  expect(without.output).toContain('npm run deploy -- --subdomain NAME');
  const { code, output } = await run(stage, 'deploy', { args: ['--yes', '--subdomain', 'acme'] });
  expect(code, output).toBe(0);
  expect(stage.account.subdomain).toBe('acme');
});

test(
  'a domain is attached if its zone is here and nobody else has it',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = newStage();
    const { account } = stage;
    const args = ['--yes', '--domain', 'api.example.com'];
    const without = await run(stage, 'deploy', { args });
    expect(without.output).toContain('No zone of this account contains api.example.com.');
    account.zones.push({ id: 'zone-1', name: 'example.com' });
    account.domains.push({ id: 'x', hostname: 'api.example.com', service: 'shop', zone_id: 'zone-1' });
    const taken = await run(stage, 'deploy', { args });
    expect(taken.output).toContain('api.example.com belongs to the Worker shop.');
    expect(account.databases).toEqual([]);

    account.domains = [];
    const { code, output } = await run(stage, 'deploy', { args });
    expect(code, output).toBe(0);
    expect(account.domains.map(({ hostname, service }) => [hostname, service])).toEqual([
      ['api.example.com', 'comfygate'],
    ]);
    expect(textOf(account, 'PUBLIC_URL')).toBe('https://api.example.com');
    await run(stage, 'deploy');
    expect(textOf(account, 'PUBLIC_URL')).toBe('https://api.example.com');
  },
);

test(
  "RunComfy's token goes up if RunComfy takes it, and is written nowhere",
  { timeout: MINUTES },
  async ({ expect }) => {
    const good = 'rc-good-token-0123456789';
    const runcomfy = createServer(({ headers }, response) => {
      const isGood = headers.authorization === `Bearer ${good}`;
      response.end(
        JSON.stringify(isGood ? { balance_usd: 5 } : { error_code: 400_004, error_message: 'bad' }),
      );
    });
    await once(runcomfy.listen(0, '127.0.0.1'), 'listening');
    const at = `http://127.0.0.1:${(runcomfy.address() as AddressInfo).port}`;
    const stage = newStage();
    const args = ['--yes', '--var', `RUNCOMFY_ACCOUNT_URL=${at}`];
    const bad = await run(stage, 'deploy', { args, env: { RUNCOMFY_TOKEN: 'rc-bad-token-0123456789' } });
    expect(bad.output).toContain('RunComfy refuses this token.');
    const short = await run(stage, 'deploy', { args, env: { RUNCOMFY_TOKEN: 'short' } });
    expect(short.output).toContain('This is not a RunComfy token');
    expect(stage.account.databases).toEqual([]);

    const { code, output } = await run(stage, 'deploy', { args, env: { RUNCOMFY_TOKEN: good } });
    expect(code, output).toBe(0);
    expect(textOf(stage.account, 'RUNCOMFY_TOKEN')).toBe(good);
    expect(output).not.toContain(good);
    expect(readFileSync(join(stage.clone.path, '.deploy/comfygate/secrets.env'), 'utf8')).not.toContain(good);
    runcomfy.close();
  },
);

/** A line of a deployment without what differs from run to run. */
function masked(line: string): string {
  return line
    .replace(/^ *\d+\.\d s/, 'seconds')
    .replace(/[0-9a-f-]{36,}/, 'id')
    .replace(/http\S+/, 'url')
    .replace(/(account {5}).*/, '$1');
}

test(
  'at a terminal it asks for the token, hidden, and whether the secrets are kept elsewhere',
  { timeout: MINUTES },
  async ({ expect }) => {
    const runcomfy = await serveRunComfy();
    const stage = newStage();
    const deployment = startAtTerminal(stage, 'deploy', {
      args: ['--var', `RUNCOMFY_ACCOUNT_URL=${runcomfy.url}`],
    });
    await says(deployment, "RunComfy's token (hidden; press Enter to set it later): ");
    deployment.type(`${RUNCOMFY_TOKEN}\r`);
    await says(deployment, 'Do you have a copy elsewhere? [y/N] ');
    deployment.type('n\r');
    // The whole question anew: between two questions nobody reads, and the terminal itself shows what is typed.
    await says(deployment, 'Copy the file first.\r\nDo you have a copy elsewhere? [y/N] ');
    deployment.type('y\r');
    const { code, output } = await deployment.ended;
    expect(code, output).toBe(0);
    expect(output).toContain('RunComfy    accepts the token');
    expect(output).toContain('Next, in this folder:');
    expect(output).not.toContain(RUNCOMFY_TOKEN);
    expect(textOf(stage.account, 'RUNCOMFY_TOKEN')).toBe(RUNCOMFY_TOKEN);
    const [, ...drawn] = linesIn(readFileSync('docs/deploy.svg', 'utf8')).map(masked);
    expect(output.split(/\r?\n/).map(masked)).toEqual(expect.arrayContaining(drawn));
    runcomfy.end();

    // Told once: the next time it says where the gateway is, and no more.
    const again = startAtTerminal(stage, 'deploy');
    const { output: shorter } = await again.ended;
    expect(shorter).not.toMatch(/Do you have|Next, in/);
    expect(shorter).toContain(`The gateway is at ${cloud.front}`);
  },
);

test.for([
  [['--plan', 'huge'], '--plan must be one of free, paid'],
  [['--colour'], 'Usage: npm run deploy'],
  [['--var', 'x'], '--var takes NAME=VALUE'],
  [['--name', 'Big Name'], 'A Worker cannot be called Big Name'],
  [['--var', 'MAX_BODY_BYTES=-1'], 'The gateway would not start with these variables'],
  [['--var', 'VAULT_KEY=x'], 'VAULT_KEY is a secret, and --var sets plain variables.'],
] as const)('%j is answered in a sentence', { timeout: MINUTES }, async ([args, words], { expect }) => {
  const { code, output } = await run(newStage(), 'deploy', { args: [...args] });
  expect(code).toBe(1);
  expect(output).toContain(words);
});

test.for([
  ['has', "UPDATE deploy_lease SET holder = 'other', until_s = unixepoch() + 300"],
  ['had', 'DELETE FROM deploy_lease'],
] as const)(
  'a deployment that slept until another one %s its lease uploads nothing',
  { timeout: MINUTES },
  async ([, meanwhile], { expect }) => {
    const stage = newStage();
    const { account } = stage;
    account.fault = async ({ path }) => {
      if (path.endsWith('/time_travel/bookmark')) {
        await rowsIn(cloud, account, meanwhile);
      }
      return null;
    };
    const { code, output } = await run(stage, 'deploy', { args: ['--yes'] });
    expect(code, output).toBe(1);
    expect(output).toContain('This deployment took too long, and another one started.');
    expect(account.scripts).toEqual([]);
  },
);

test(
  'a second deployment of the same clone is refused while one is under way',
  { timeout: MINUTES },
  async ({ expect }) => {
    const stage = newStage();
    const folder = join(stage.clone.path, '.deploy/comfygate');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'running.pid'), String(process.pid));
    const { code, output } = await run(stage, 'deploy', { args: ['--yes'] });
    expect(code).toBe(1);
    expect(output).toContain('Another command of this clone is working on this gateway.');
    expect(stage.account.databases).toEqual([]);
  },
);

test('a claim of a killed run with the same process id is taken over', ({ expect }) => {
  // In a container every run has the same one.
  const folder = mkdtempSync(join(tmpdir(), 'comfygate-claim-'));
  const file = join(folder, 'running.pid');
  writeFileSync(file, String(process.pid));
  const giveBack = claimDeployment(folder);
  expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
  giveBack();
  expect(existsSync(file)).toBe(false);
  rmSync(folder, { recursive: true });
});
