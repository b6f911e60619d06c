// A gateway with customers, keys and jobs, and what its operator does with it: backups, restores, upgrades over data, a
// rollback. RunComfy is the simulator, everything else is as deployed.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { eventually } from '../bundle/support.ts';
import { SCHEDULES } from '../../src/schedules.ts';
import type { Account } from './cloudflare/account.ts';
import { openCloud, type Cloud } from './cloudflare/cloud.ts';
import type { Served } from './serve-fetch.ts';
import { RUNCOMFY_TOKEN, serveRunComfy, simulated } from './simulated.ts';
import {
  adminTokenIn,
  call,
  makeClone,
  makeQuickClone,
  rowsIn,
  run,
  type Clone,
  type Stage,
} from './support.ts';

const MINUTES = 10 * 60_000;
const MODEL = 'bytedance/dreamina-3-0/pro/text-to-video';

let cloud: Cloud;
let runcomfy: Served;
let stage: Stage;
let admin: string;
let key: string;

beforeAll(async () => {
  cloud = await openCloud(10);
  runcomfy = await serveRunComfy();
  stage = { cloud, clone: simulated(makeClone(), runcomfy), account: cloud.account() };
  const { code, output } = await run(stage, 'deploy', { args: ['--yes'], env: { RUNCOMFY_TOKEN } });
  if (code !== 0) {
    throw new Error(output);
  }
  admin = adminTokenIn(stage.clone);
  await cloud.runtime.cron(SCHEDULES.jobs);
  const customer = await operator('POST', '/admin/customers', { name: 'Acme' });
  ({ key } = await operator('POST', `/admin/customers/${customer.id}/keys`, { name: 'server' }));
}, MINUTES);

afterAll(async () => {
  runcomfy.end();
  await cloud.end();
  stage.clone.remove();
}, MINUTES);

async function operator(method: string, path: string, body?: unknown): Promise<any> {
  return (await call(cloud, path, { method, token: admin, body })).body;
}

/** A job from its submit to its charge. */
async function playJob(): Promise<string> {
  const { body } = await call(cloud, `/v1/models/${MODEL}`, {
    method: 'POST',
    token: key,
    body: { prompt: 'a lighthouse' },
  });
  await eventually(
    async () => {
      await call(cloud, `/v1/requests/${body.request_id}/result`, { token: key });
      return operator('GET', `/admin/jobs/${body.request_id}`);
    },
    ({ state }) => state === 'succeeded',
  );
  return body.request_id;
}

const jobs = async () =>
  (await rowsIn(cloud, stage.account, 'SELECT id FROM jobs')).map(({ id }) => String(id)).toSorted();
const differences = async () => (await operator('GET', '/admin/ledger/check')).differences;
const submits = async () => (await operator('GET', '/admin/settings')).submits;
const bookmarkIn = (output: string) => /bookmark {4}(\S+)/.exec(output)?.[1] ?? '';

test('the doctor finds nothing', { timeout: MINUTES }, async ({ expect }) => {
  const { code, output } = await run(stage, 'doctor');
  expect(code, output).toBe(0);
  for (const what of [
    'Worker',
    'settings',
    'secrets',
    'migrations',
    'answers',
    'cron',
    'RunComfy',
    'clock',
  ]) {
    expect(output).toMatch(new RegExp(`^ ok {2}${what} `, 'm'));
  }
  expect(output).toContain('No problems found.');
});

test(
  'a backup is a bookmark; a restore to it lists the jobs that it forgets',
  { timeout: MINUTES },
  async ({ expect }) => {
    const before = await playJob();
    const backup = await run(stage, 'backup');
    expect(backup.code, backup.output).toBe(0);
    const bookmark = bookmarkIn(backup.output);
    const after = await playJob();
    expect(await jobs()).toEqual(expect.arrayContaining([before, after]));

    const known = await run(stage, 'restore');
    expect(known.code).toBe(1);
    expect(known.output).toContain(bookmark);
    const args = ['--bookmark', bookmark];
    for (const input of ['', 'comfygate\n', 'comfygate\nno\n', 'other\nrestore\n']) {
      const refused = await run(stage, 'restore', { args, input });
      expect(refused.output).toContain('Nothing was changed.');
    }
    expect(await jobs()).toHaveLength(2);

    const { code, output } = await run(stage, 'restore', { args, input: 'comfygate\nrestore\n' });
    expect(code, output).toBe(0);
    expect(await jobs()).toEqual([before]);
    expect(output).toContain('forgotten   1 jobs that are in KV but not in the books');
    expect(output).toContain(after);
    expect(output).toContain('ledger      0 differences');
    expect([await submits(), await differences()]).toEqual(['off', []]);

    const undo = /undo {8}(\S+)/.exec(output)?.[1] ?? '';
    const undone = await run(stage, 'restore', { args: ['--bookmark', undo], input: 'comfygate\nrestore\n' });
    expect(undone.output).toContain('forgotten   0 jobs');
    expect(await jobs()).toEqual([before, after].toSorted());
    expect(await submits()).toBe('off');
    await operator('PATCH', '/admin/settings', { submits: 'on' });
  },
);

test(
  'an export is made with submits off, and brings everything back',
  { timeout: MINUTES },
  async ({ expect }) => {
    const { account } = stage;
    const duringExport: unknown[] = [];
    account.fault = async ({ path }) => {
      if (path.endsWith('/export')) {
        duringExport.push(await rowsIn(cloud, account, 'SELECT submits FROM settings'));
      }
      return null;
    };
    const kept = await jobs();
    const { code, output } = await run(stage, 'backup', { args: ['--export'] });
    account.fault = () => null;
    expect(code, output).toBe(0);
    expect(output).toContain('submits     off during the export.');
    expect(output).toContain('submits     on again');
    expect(duringExport[0]).toEqual([{ submits: 'off' }]);
    expect(await submits()).toBe('on');
    const folder = join(stage.clone.path, '.deploy/comfygate/backups');
    const file = join(folder, readdirSync(folder)[0]!);
    expect(readFileSync(file, 'utf8')).toContain('INSERT INTO "jobs"');

    await playJob();
    const restored = await run(stage, 'restore', { args: ['--file', file], input: 'comfygate\nrestore\n' });
    expect(restored.code, restored.output).toBe(0);
    expect(await jobs()).toEqual(kept);
    expect([await submits(), await differences()]).toEqual(['off', []]);
    await operator('PATCH', '/admin/settings', { submits: 'on' });
  },
);

test('an export whose answer is refused leaves submits on', { timeout: MINUTES }, async ({ expect }) => {
  const { account } = stage;
  account.fault = ({ path }) => (path.endsWith('/export') ? 'refuse' : null);
  const { code, output } = await run(stage, 'backup', { args: ['--export'] });
  account.fault = () => null;
  expect(code, output).toBe(1);
  expect(await submits()).toBe('on');
});

test(
  'a backup that cannot switch submits on again says so, and why it ended',
  { timeout: MINUTES },
  async ({ expect }) => {
    const { account } = stage;
    account.fault = async ({ path }) => {
      if (!path.endsWith('/export')) {
        return null;
      }
      await rowsIn(cloud, account, 'ALTER TABLE settings RENAME TO settings_away');
      return 'refuse';
    };
    const { code, output } = await run(stage, 'backup', { args: ['--export'] });
    account.fault = () => null;
    await rowsIn(cloud, account, 'ALTER TABLE settings_away RENAME TO settings');
    expect(code, output).toBe(1);
    expect(output).toContain('An unknown error has occurred.');
    expect(output).toContain('Submits are still off. Switch them on:');
    expect(await submits()).toBe('off');
    await operator('PATCH', '/admin/settings', { submits: 'on' });
  },
);

test('an import that fails leaves the books as they were', { timeout: MINUTES }, async ({ expect }) => {
  const file = join(stage.clone.path, 'broken.sql');
  writeFileSync(file, 'CREATE TABLE customers (id TEXT);\nINSERT INTO nowhere VALUES (1);\n');
  const kept = await jobs();
  const { code, output } = await run(stage, 'restore', {
    args: ['--file', file],
    input: 'comfygate\nrestore\n',
  });
  expect(code).toBe(1);
  expect(output).toContain('D1 reported an error');
  expect(await jobs()).toEqual(kept);
});

const RESTORE = 'comfygate\nrestore\n';

test(
  'a restore whose answer is lost says that submits are off, and the way back is noted',
  { timeout: MINUTES },
  async ({ expect }) => {
    const { account } = stage;
    const bookmark = bookmarkIn((await run(stage, 'backup')).output);
    const after = await playJob();
    account.fault = ({ path }) => (path.endsWith('/time_travel/restore') ? 'lose' : null);
    const { code, output } = await run(stage, 'restore', { args: ['--bookmark', bookmark], input: RESTORE });
    account.fault = () => null;
    expect(code, output).toBe(1);
    expect(output).toContain('Submits are off.');
    expect(await jobs()).not.toContain(after);
    expect(await submits()).toBe('off');

    const known = await run(stage, 'restore');
    const [, newest = ''] = / {2}restore\n {4}(\S+)/.exec(known.output) ?? [];
    const undone = await run(stage, 'restore', { args: ['--bookmark', newest], input: RESTORE });
    expect(undone.code, undone.output).toBe(0);
    expect(await jobs()).toContain(after);
    await operator('PATCH', '/admin/settings', { submits: 'on' });
  },
);

test(
  'submits are off after a restore even if D1 does not answer at first',
  { timeout: MINUTES },
  async ({ expect }) => {
    const { account } = stage;
    const bookmark = bookmarkIn((await run(stage, 'backup')).output);
    let unanswered = 0;
    account.fault = ({ path }) => {
      if (path.endsWith('/time_travel/restore')) {
        unanswered = 2;
      }
      const isRefused = path.endsWith('/query') && unanswered > 0;
      unanswered -= isRefused ? 1 : 0;
      return isRefused ? 'refuse' : null;
    };
    const { code, output } = await run(stage, 'restore', { args: ['--bookmark', bookmark], input: RESTORE });
    account.fault = () => null;
    expect(code, output).toBe(0);
    expect(await submits()).toBe('off');
    await operator('PATCH', '/admin/settings', { submits: 'on' });
  },
);

test(
  'a restore after which submits cannot be switched off says so, and how',
  { timeout: MINUTES },
  async ({ expect }) => {
    const { account } = stage;
    const bookmark = bookmarkIn((await run(stage, 'backup')).output);
    let isRestored = false;
    account.fault = ({ path }) => {
      isRestored ||= path.endsWith('/time_travel/restore');
      return isRestored && path.endsWith('/query') ? 'refuse' : null;
    };
    const { code, output } = await run(stage, 'restore', { args: ['--bookmark', bookmark], input: RESTORE });
    account.fault = () => null;
    expect(code, output).toBe(1);
    expect(output).toContain('Submits may be on. Switch them off now:');
    expect(output).toContain('{"submits": "off"}');
    expect(await submits()).toBe('on');
  },
);

/** The same clone one version on: another migration, another answer to a route that is not there. */
function nextVersion({ path }: Clone): void {
  writeFileSync(
    join(path, 'migrations/9999_colour.sql'),
    "ALTER TABLE customers ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';\n",
  );
  const file = join(path, 'src/http/shell.ts');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('There is no such route.', 'Version two has no such route.'));
}

async function answersAs(): Promise<string> {
  return (await call(cloud, '/nowhere', { token: key })).body.detail;
}

test('an upgrade over data, and the way back', { timeout: 2 * MINUTES }, async ({ expect }) => {
  const { account } = stage;
  const known = await jobs();
  const old = await answersAs();
  const first = account.scripts[0]!.deployments[0]!.version.id;
  nextVersion(stage.clone);
  const upgrade = await run(stage, 'deploy');
  expect(upgrade.code, upgrade.output).toBe(0);
  expect(upgrade.output).toContain('migrations  1 applied');
  expect(await answersAs()).toContain('Version two has no such route.');
  expect(await rowsIn(cloud, account, 'SELECT colour FROM customers')).toEqual([{ colour: 'red' }]);
  expect([await jobs(), await differences()]).toEqual([known, []]);
  await playJob();

  const declined = await run(stage, 'rollback', { input: 'n\n' });
  expect(declined.output).toContain('Nothing was changed.');
  const back = await run(stage, 'rollback', { args: ['--yes'] });
  expect(back.code, back.output).toBe(0);
  expect(await answersAs()).toBe(old);
  // The version before works with the migrations of the next.
  await playJob();
  expect(await differences()).toEqual([]);

  const again = await run(stage, 'rollback', { args: ['--yes'] });
  expect(again.code).toBe(1);
  expect(again.output).toContain(`already rolled back, to ${first}`);
  const second = account.scripts[0]!.deployments[1]!.version.id;
  const forth = await run(stage, 'rollback', { args: ['--yes', '--to', second] });
  expect(forth.code, forth.output).toBe(0);
  expect(await answersAs()).toContain('Version two has no such route.');
});

test('a rollback over changed secrets asks once more', { timeout: MINUTES }, async ({ expect }) => {
  const rotated = { READ_TOKENS: `grafana:${'g'.repeat(40)}` };
  await run(stage, 'deploy', { env: rotated });
  expect((await call(cloud, '/admin/settings', { token: 'g'.repeat(40) })).status).toBe(200);
  const declined = await run(stage, 'rollback', { input: 'y\nn\n' });
  expect(declined.output).toContain('The following secrets have changed: READ_TOKENS');
  expect(declined.output).toContain('Nothing was changed.');
  const agreed = await run(stage, 'rollback', { input: 'y\ny\n' });
  expect(agreed.code, agreed.output).toBe(0);
  expect((await call(cloud, '/admin/settings', { token: 'g'.repeat(40) })).status).toBe(401);
});

test(
  'migrate brings the database up to date and leaves the Worker',
  { timeout: MINUTES },
  async ({ expect }) => {
    const { account, clone } = stage;
    const versions = account.scripts[0]!.versions.length;
    writeFileSync(
      join(clone.path, 'migrations/99991_shape.sql'),
      'CREATE TABLE shapes (id INTEGER PRIMARY KEY);\n',
    );
    const missing = await run(stage, 'doctor');
    expect(missing.output).toContain('1 of this clone are not applied');
    const { code, output } = await run(stage, 'migrate');
    expect(code, output).toBe(0);
    expect(output).toContain('migrations  1 applied');
    expect(account.scripts[0]!.versions).toHaveLength(versions);
    writeFileSync(
      join(clone.path, 'migrations/99992_bad.sql'),
      'CREATE TABLE half (id INTEGER);\nSELECT * FROM nowhere;\n',
    );
    const bad = await run(stage, 'migrate');
    expect(bad.code).toBe(1);
    expect(bad.output).toContain('The migration 99992_bad.sql failed and was rolled back.');
    expect(await rowsIn(cloud, account, "SELECT name FROM sqlite_master WHERE name = 'half'")).toEqual([]);
  },
);

test(
  'two deployments at once, of two clones: one after the other, one of each',
  { timeout: 2 * MINUTES },
  async ({ expect }) => {
    const account: Account = cloud.account();
    const clones = await Promise.all([makeQuickClone(), makeQuickClone()]);
    const ran = await Promise.all(
      clones.map((clone) => run({ cloud, clone, account }, 'deploy', { args: ['--yes'] })),
    );
    expect(
      ran.map(({ code }) => code),
      ran.map(({ output }) => output).join('\n'),
    ).toEqual([0, 0]);
    expect([account.databases.length, account.namespaces.length, account.scripts.length]).toEqual([1, 1, 1]);
    const applied = await rowsIn(cloud, account, 'SELECT name FROM d1_migrations');
    expect(applied).toHaveLength(readdirSync(join(clones[0].path, 'migrations')).length);
    // Only one of them made secrets, and the Worker has those.
    const made = clones.map((clone) => adminTokenIn(clone)).filter((token) => token !== '');
    expect(made).toHaveLength(1);
    expect((await call(cloud, '/admin/settings', { token: made[0]! })).status).toBe(200);
    for (const clone of clones) {
      clone.remove();
    }
  },
);
