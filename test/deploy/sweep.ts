// The sweep: the first deployment of a fresh account, cut at each of its calls in each way, and run again. The second run
// must end whole: one of each resource, all migrations, all secrets, an answer.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { activeVersion, type Account, type Call, type Fault } from './cloudflare/account.ts';
import type { Cloud } from './cloudflare/cloud.ts';
import { adminTokenIn, call, rowsIn, run, secretsIn, shownCall, start, type Clone } from './support.ts';

/**
 * `refused`: 500, nothing is done. `lost`: done, and the answer is lost. `killed`: done, and the process with everything
 * that it started is killed. After a cut no call of that run goes through any more.
 */
export const CUTS = ['refused', 'lost', 'killed'] as const;
type Cut = (typeof CUTS)[number];

export type Row = {
  number: number;
  /** Method and path, without ids. */
  call: string;
  cut: Cut;
  /** Null: whole. */
  wrong: string | null;
};

const FAULTS: Record<Cut, Fault> = { refused: 'refuse', lost: 'lose', killed: 'hang' };
/** Each cut takes a database and a namespace. */
export const SLOTS = 300;
/** Most of a cut is waiting: for a repeated read, for a Worker to start. */
const AT_ONCE = 3;

export type Sweep = {
  /** The cuts at a call. */
  cutsAt: (number: number) => readonly Cut[];
  onRow?: (row: Row) => void;
  stage: () => Promise<{ cloud: Cloud; clone: Clone }>;
};

/** Some at a time, each in a cloud of its own: they share nothing but the machine. */
export async function sweep({ cutsAt, onRow = () => undefined, stage }: Sweep): Promise<Row[]> {
  const rows: Row[] = [];
  let next = 1;
  let isOver = false;
  async function work(): Promise<void> {
    const { cloud, clone } = await stage();
    try {
      while (!isOver) {
        const number = next;
        next += 1;
        for (const cut of cutsAt(number)) {
          const row = await cutAt({ cloud, clone, account: cloud.account() }, number, cut);
          if (row === null) {
            isOver = true;
            break;
          }
          rows.push(row);
          onRow(row);
        }
      }
    } finally {
      await cloud.end();
      clone.remove();
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return rows.toSorted((one, other) => one.number - other.number);
}

type Stage = { cloud: Cloud; clone: Clone; account: Account };

/** Null: the first run has fewer calls. */
async function cutAt(stage: Stage, number: number, cut: Cut): Promise<Row | null> {
  const { account } = stage;
  const name = `cut-${number}-${cut}`;
  const args = ['--yes', '--name', name];
  let hit: Call | null = null;
  account.fault = (made) => {
    if (made.number < number) {
      return null;
    }
    if (hit !== null) {
      return 'refuse';
    }
    hit = made;
    return FAULTS[cut];
  };
  account.onHang = () => first.kill();
  const first = start(stage, 'deploy', { args });
  const { code } = await first.ended;
  if (hit === null) {
    return null;
  }
  account.fault = () => null;
  const second = await run(stage, 'deploy', { args });
  const wrong =
    second.code === 0
      ? await wrongWith(stage, name)
      : `the second run ended with ${second.code}: ${second.output.trim().split('\n').at(-1)}`;
  const isCut = cut === 'killed' ? code === null : true;
  return {
    number,
    call: shownCall(hit, name),
    cut,
    wrong: isCut ? wrong : `the first run was not killed: ${code}`,
  };
}

/** Lists differences from a completed deployment. */
async function wrongWith(stage: Stage, name: string): Promise<string | null> {
  const { cloud, clone, account } = stage;
  const [database] = account.databases;
  const [script] = account.scripts;
  if (database === undefined || script === undefined) {
    return 'no database or no Worker';
  }
  const active = activeVersion(script);
  const secrets = secretsIn(clone, name);
  const textOf = (secret: string) => active?.bindings.find((binding) => binding.name === secret)?.text;
  const applied = await rowsIn(cloud, account, 'SELECT name FROM d1_migrations ORDER BY name');
  const health = await call(cloud, '/admin/health', { token: adminTokenIn(clone, name) });
  const checks: [string, boolean][] = [
    ['one database', account.databases.length === 1 && database.name === name],
    ['one namespace', account.namespaces.map(({ title }) => title).join() === `${name}-owners`],
    ['one bucket', account.buckets?.join() === `${name}-files`],
    ['one Worker', account.scripts.length === 1 && script.name === name],
    ['both cron triggers', script.crons.length === 2],
    ['all migrations', applied.map((row) => row['name']).join() === migrations(clone).join()],
    ['ADMIN_TOKENS as kept', textOf('ADMIN_TOKENS') === (secrets['ADMIN_TOKENS'] ?? '')],
    ['VAULT_KEY as kept', textOf('VAULT_KEY') === (secrets['VAULT_KEY'] ?? '')],
    ['no lease left', (await rowsIn(cloud, account, 'SELECT * FROM deploy_lease')).length === 0],
    ['an answer of this version', health.body?.version === active?.id],
    ['no unknown call', cloud.unknown.length === 0],
  ];
  const missing = checks.filter(([, isThere]) => !isThere).map(([what]) => what);
  return missing.length === 0 ? null : `not there: ${missing.join(', ')}`;
}

function migrations({ path }: Clone): string[] {
  return readdirSync(join(path, 'migrations'))
    .filter((file) => file.endsWith('.sql'))
    .toSorted();
}
