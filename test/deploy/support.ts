// A clone of its own for each test file, and the commands as an operator types them, against the stand-in.

import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import type { Account, Call } from './cloudflare/account.ts';
import type { Cloud } from './cloudflare/cloud.ts';
import { outputOf, type Output } from '../bundle/output.ts';
import { builtOnce } from '../bundle/support.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PARTS = [
  'src',
  'scripts',
  'simulator',
  'migrations',
  'dist',
  'wrangler.toml',
  'package.json',
  'json-source-text.d.ts',
];
/** Node's compile cache of wrangler, kept between runs. */
const COMPILED = join(tmpdir(), 'comfygate-compiled');

/** Variables that the developer may have set for their own gateways. */
const NOTHING_OF_THIS_MACHINE = {
  ADMIN_TOKENS: '',
  CLOUDFLARE_ACCOUNT_ID: '',
  COMFYGATE_ADMIN: '',
  COMFYGATE_URL: '',
  READ_TOKENS: '',
  RUNCOMFY_TOKEN: '',
  VAULT_KEY: '',
  WORKERS_CI: '',
};

export type Clone = { path: string; remove: () => void };

/** The files of a clone of the repository, without git. */
export function makeClone(): Clone {
  const clone = copyParts();
  symlinkSync(join(ROOT, 'node_modules'), join(clone.path, 'node_modules'));
  return clone;
}

/** The same with quick-wrangler.ts for wrangler, and the Worker of this repository already bundled. */
export async function makeQuickClone(): Promise<Clone> {
  const clone = copyParts();
  const modules = join(clone.path, 'node_modules');
  const [dist, bin] = [join(modules, 'wrangler/wrangler-dist'), join(modules, 'wrangler/bin')];
  mkdirSync(dist, { recursive: true });
  mkdirSync(bin);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== 'wrangler') {
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
  }
  // Bundles for a --dry-run.
  symlinkSync(join(ROOT, 'node_modules/wrangler/bin/wrangler.js'), join(bin, 'wrangler.js'));
  writeFileSync(join(modules, 'wrangler/package.json'), '{"type": "module", "main": "index.js"}');
  // Splits SQL for a restore.
  const whole = import.meta.resolve('wrangler');
  writeFileSync(join(modules, 'wrangler/index.js'), `export { unstable_splitSqlQuery } from '${whole}';\n`);
  const bundle = join(dist, 'bundle.js');
  writeFileSync(bundle, (await builtOnce()).gateway);
  const quick = pathToFileURL(join(import.meta.dirname, 'quick-wrangler.ts')).href;
  writeFileSync(
    join(dist, 'cli.js'),
    `import { playWrangler } from '${quick}';\nawait playWrangler(${JSON.stringify(bundle)});\n`,
  );
  return clone;
}

function copyParts(): Clone {
  const path = mkdtempSync(join(tmpdir(), 'comfygate-clone-'));
  for (const part of PARTS) {
    cpSync(join(ROOT, part), join(path, part), { recursive: true });
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export type Ran = { code: number | null; output: string };
type Running = Omit<Output, 'ended'> & {
  ended: Promise<Ran>;
  /** Whatever else it started, too. */
  kill: () => void;
  type: (text: string) => void;
};

/** `input` is all that comes; without it nothing does, unless `isTyped` leaves that to `type`. */
type Run = { args?: string[]; env?: Record<string, string>; input?: string; isTyped?: boolean };
export type Stage = { cloud: Cloud; account: Account; clone: Clone };

/** Starts `npm run <command>` of the clone. */
export function start(stage: Stage, command: string, options: Run = {}): Running {
  const { scripts } = JSON.parse(readFileSync(join(stage.clone.path, 'package.json'), 'utf8'));
  const [program = '', ...line] = String(scripts[command]).split(' ');
  const words = [program.replace(/^node$/, process.execPath), ...line, ...(options.args ?? [])];
  return startWords(stage, words, options);
}

/** The same at a terminal of its own, as a person sees it. */
export function startAtTerminal(stage: Stage, command: string, options: Run = {}): Running {
  const line = ['npm', 'run', '--silent', command, '--', ...(options.args ?? [])].join(' ');
  const words =
    process.platform === 'darwin'
      ? ['script', '-q', '/dev/null', 'sh', '-c', line]
      : ['script', '-qec', line, '/dev/null'];
  return startWords(stage, words, { ...options, isTyped: true });
}

/** In a process group of its own. */
function startWords(stage: Stage, [program = '', ...args]: string[], options: Run): Running {
  const { input = '', isTyped = false } = options;
  const child = spawn(program, args, {
    cwd: stage.clone.path,
    detached: true,
    env: environmentOf(stage, options.env),
  });
  const heard = outputOf(child);
  if (!isTyped) {
    child.stdin.end(input);
  }
  return {
    ...heard,
    ended: heard.ended.then((code) => ({ code, output: heard.output() })),
    kill: () => process.kill(-child.pid!, 'SIGKILL'),
    type: (text) => child.stdin.write(text),
  };
}

export function environmentOf(
  { cloud, account, clone }: Stage,
  env: Record<string, string> = {},
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...NOTHING_OF_THIS_MACHINE,
    HOME: clone.path,
    XDG_CONFIG_HOME: clone.path,
    CLOUDFLARE_API_BASE_URL: cloud.url,
    CLOUDFLARE_API_TOKEN: account.token,
    WORKERS_DEV_URL: cloud.front,
    NODE_COMPILE_CACHE: COMPILED,
    ...env,
  };
}

export function run(stage: Stage, command: string, options?: Run): Promise<Ran> {
  return start(stage, command, options).ended;
}

/** The secrets that the clone keeps for the operator. */
export function secretsIn({ path }: Clone, name = 'comfygate'): Record<string, string | undefined> {
  const file = join(path, '.deploy', name, 'secrets.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

export function adminTokenIn(clone: Clone, name?: string): string {
  return secretsIn(clone, name)['ADMIN_TOKENS']?.split(':')[1] ?? '';
}

/** A call of the deployed gateway. */
export async function call(
  cloud: Cloud,
  path: string,
  init: { method?: string; token: string; body?: unknown },
) {
  const { method = 'GET', token, body } = init;
  const response = await fetch(`${cloud.front}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : null };
}

/** A call without what differs from gateway to gateway. */
export function shownCall({ method, path }: Call, name: string): string {
  const short = path
    .replace(/^\/accounts\/[^/]+/, '')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, '{id}')
    .replace(`/${name}`, '/{name}');
  return `${method} ${short === '' ? '/accounts' : short}`;
}

/** The rows of a query to the account's database. */
export async function rowsIn(
  cloud: Cloud,
  account: Account,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const [rows] = await cloud.runtime.database(account.databases[0]!.slot)([{ sql }]);
  return rows?.results ?? [];
}
