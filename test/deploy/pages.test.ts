// Runs every line of the shell blocks in docs/deploy.md and docs/operations.md, in order and in one shell, against a simulated
// Cloudflare.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { SCHEDULES } from '../../src/schedules.ts';
import { openCloud, type Cloud } from './cloudflare/cloud.ts';
import type { Served } from './serve-fetch.ts';
import { RUNCOMFY_TOKEN, serveRunComfy, simulated } from './simulated.ts';
import { environmentOf, makeQuickClone, type Clone, type Stage } from './support.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MINUTES = 10 * 60_000;

/** Played by other tests, or not ours. */
const ELSEWHERE: Record<string, string> = {
  'npm ci': 'the README starts with it',
  'git pull': 'git',
  'npx wrangler login': 'opens a browser',
  'npm run deploy:sweep': 'sweep.test.ts',
  'npm start -- --real': 'test/bundle/start.test.ts',
  'export RUNCOMFY_TOKEN=…': 'test/bundle/start.test.ts',
};

/** The input for commands that ask. */
const TYPED: Record<string, string> = {
  'npm run restore': 'comfygate\nrestore\n',
  'npm run rollback': 'y\n',
};

let cloud: Cloud;
let runcomfy: Served;
let clone: Clone;

beforeAll(async () => {
  cloud = await openCloud(10);
  runcomfy = await serveRunComfy();
  clone = simulated(await makeQuickClone(), runcomfy);
}, MINUTES);

afterAll(async () => {
  runcomfy.end();
  await cloud.end();
  clone.remove();
}, MINUTES);

/** The commands of a page's shell blocks, continued lines joined. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, ' ')
      .trim()
      .split('\n'),
  );
}

type Said = { code: number; output: string };

/** One shell, one line after another; what a line exports is there for the next. */
function openShell(stage: Stage) {
  const child = spawn('bash', [], { cwd: clone.path, env: environmentOf(stage, { RUNCOMFY_TOKEN }) });
  let heard = '';
  let told: ((said: Said) => void) | undefined;
  const hear = (data: unknown) => {
    heard += String(data);
    const [all, output = '', code] = /^([^]*)<<ended (\d+)>>\n$/.exec(heard) ?? [];
    if (all !== undefined) {
      heard = '';
      told?.({ code: Number(code), output });
    }
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return {
    say(line: string, input: string): Promise<Said> {
      const said = new Promise<Said>((done) => (told = done));
      child.stdin.write(`{ ${line}\n} 2>&1 <<'TYPED'\n${input}TYPED\necho "<<ended $?>>"\n`);
      return said;
    },
    end: () => child.stdin.end(),
  };
}

/** The line with the reader's own names in the places of those on the page. */
function ownNames(line: string, outputs: string[]): string {
  const lastOf = (pattern: RegExp) =>
    outputs.flatMap((output) => pattern.exec(output)?.[1] ?? []).at(-1) ?? '';
  const folder = join(clone.path, '.deploy/comfygate/backups');
  return line
    .replaceAll('https://comfygate.acme.workers.dev', cloud.front)
    .replace('cus_…', lastOf(/"id":"(cus_\w+)"/))
    .replace('cg_…', lastOf(/"key":"(cg_\w+)"/))
    .replace('1234:5e88…', lastOf(/Last seal: (\d+:[0-9a-f]+)/))
    .replace(/\bBOOKMARK\b/, lastOf(/^.*bookmark {4}(\S+)$/m))
    .replace(/\bFILE\.sql\b/, () => join(folder, readdirSync(folder)[0] ?? ''))
    .replace(/^npm run deploy$/, 'npm run deploy -- --yes')
    .replace(/^(READ_TOKENS=\S+) npm run deploy$/, '$1 npm run deploy -- --yes');
}

test.for(['deploy.md', 'operations.md'])(
  '%s: every command does what the page says',
  { timeout: MINUTES },
  async (page, { expect }) => {
    const account = cloud.account();
    account.zones.push({ id: 'zone', name: 'example.com' });
    const stage = { cloud, clone, account };
    const shell = openShell(stage);
    const outputs: string[] = [];
    const run = async (line: string) => {
      const [typed = ''] = Object.entries(TYPED).flatMap(([start, text]) =>
        line.startsWith(start) ? [text] : [],
      );
      const said = await shell.say(line, typed);
      outputs.push(said.output);
      return said;
    };
    if (page === 'operations.md') {
      // The page begins where the other one ends, twice: a rollback needs something to go back to.
      await run('rm -rf .deploy && npm run deploy -- --yes && npm run deploy');
    }
    for (const command of commandsOf(page).filter((line) => !(line in ELSEWHERE))) {
      await cloud.runtime.cron(SCHEDULES.jobs).catch(() => null);
      const { code, output } = await run(ownNames(command, outputs));
      const { wanted, words } = outcomeOf(command);
      expect(code, `${command}\n${output}`).toBe(wanted);
      expect(output, command).toMatch(words);
      expect(output, command).not.toMatch(/"error_code":|No such file|not found/);
    }
    shell.end();
  },
);

/** How a command ends: well, unless it is one that lists what can be chosen or finds something missing. */
function outcomeOf(command: string): { wanted: number; words: RegExp } {
  const known: [RegExp, number, RegExp][] = [
    [/^npm run restore$/, 1, /Bookmarks of this clone:/],
    [/^npm run restore/, 0, /ledger {6}0 differences/],
    [/^npm run doctor -- --env staging/, 0, /No problems found/],
    [/^npm run doctor/, 0, /No problems found/],
    [/^npm run deploy -- --dry-run/, 0, /Nothing was changed/],
    [/npm run deploy/, 0, /answers {5}http/],
    [/^npm run backup -- --export/, 0, /submits {5}on again/],
    [/^npm run ledger:check/, 0, /0 differences/],
    [/^npm run rollback/, 0, /rolled back to/],
    [/^curl -f .*health/, 0, /"status":"(ok|attention)"/],
    [/^curl .*metrics/, 0, /^# HELP comfygate_failing/m],
    [/\/v1\/models\//, 0, /"request_id":/],
  ];
  const [, wanted = 0, words = /^/] = known.find(([pattern]) => pattern.test(command)) ?? [];
  return { wanted, words };
}

test('a line that is new on a page is run or named here', ({ expect }) => {
  const lines = ['deploy.md', 'operations.md'].flatMap(commandsOf);
  for (const line of Object.keys(ELSEWHERE)) {
    expect(lines).toContain(line);
  }
});

test('every code of /admin/health has a row among the alarms that says when it is a failure', ({
  expect,
}) => {
  const source = readFileSync(join(ROOT, 'src/features/health/concerns.ts'), 'utf8');
  const plain = [...source.matchAll(/code: '(\w+)'/g)].map(([, code]) => code);
  // Each is a failure only where no other account takes jobs.
  const states = ['account_no_balance', 'account_bad_token', 'account_unknown_outcomes'];
  const failing = new Set(
    [.../const FAILING = \[([^\]]*)\]/.exec(source)![1]!.matchAll(/'(\w+)'/g)].map(([, code]) => code),
  );
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const alarms = page.slice(page.indexOf('## Alarms'), page.indexOf('## Monitoring'));
  const rows = [...alarms.matchAll(/^\| `(\w+)` \| (.+?) \|/gm)].map(([, code = '', fails = '']) => [
    code,
    fails,
  ]);
  const whenOf = (code: string) => (failing.has(code) ? 'yes' : 'no');
  const known = [...plain, ...states].map((code = '') => [
    code,
    code.startsWith('account_') ? 'if none is left' : whenOf(code),
  ]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(known));
});

test('every metric is on the page', async ({ expect }) => {
  const source = readFileSync(join(ROOT, 'src/features/health/metrics.ts'), 'utf8');
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  for (const [, name = ''] of source.matchAll(/'(comfygate_\w+)'/g)) {
    expect(page).toContain(`\`${name}`);
  }
});

test('the button asks for what a person must give, and the clone holds no value of it', ({ expect }) => {
  const lines = readFileSync(join(ROOT, '.dev.vars.example'), 'utf8').split('\n');
  const names = lines.filter((line) => line !== '' && !line.startsWith('#'));
  expect(names).toEqual(['ADMIN_TOKENS=', 'VAULT_KEY=', 'RUNCOMFY_TOKEN=']);
  const { cloudflare } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(Object.keys(cloudflare.bindings).map((name) => `${name}=`)).toEqual(names);
});

test('the first screen of the README leads to both pages, and has two commands', ({ expect }) => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const screen = readme.split('\n').slice(0, 30).join('\n');
  expect(screen).toContain('](docs/deploy.md)');
  expect(screen).toContain('](docs/operations.md)');
  expect([...readme.matchAll(/^ {4}(npm .*)$/gm)].map(([, line]) => line)).toEqual([
    'npm ci && npm start',
    'npm ci && npm test',
  ]);
});
