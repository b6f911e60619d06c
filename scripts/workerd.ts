// Runs one Worker in workerd without Miniflare and stores, to measure the Worker alone.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Mistake } from './terminal.ts';

export type Bare = {
  /** The source of an ES module. */
  script: string;
  /** As in wrangler.toml. */
  compatibilityDate: string;
  vars: Record<string, string>;
};

export type Running = { pid: number; url: string; end: () => Promise<void> };

/** The binary that Miniflare starts. */
export function workerdBinary(): string {
  const path: unknown = createRequire(import.meta.resolve('miniflare'))('workerd').default;
  if (typeof path !== 'string') {
    throw new Mistake('workerd does not say where its binary is.');
  }
  return path;
}

const quoted = (text: string) => JSON.stringify(text);

/** The binding with the version of the Worker. */
const VERSION = `(name = "VERSION", json = ${quoted(JSON.stringify({ id: 'bare' }))})`;

function configOf({ compatibilityDate, vars }: Bare): string {
  const bindings = Object.entries(vars).map(
    ([name, value]) => `(name = ${quoted(name)}, text = ${quoted(value)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  compatibilityDate = ${quoted(compatibilityDate)},
  bindings = [${[VERSION, ...bindings].join(', ')}],
);
`;
}

/** Starts it on a port of its own; what it needs is written into `folder`. */
export async function startWorkerd(worker: Bare, folder: string): Promise<Running> {
  const config = join(folder, 'config.capnp');
  writeFileSync(config, configOf(worker));
  writeFileSync(join(folder, 'index.js'), worker.script);
  const child = spawn(workerdBinary(), ['serve', config, '--control-fd=3'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((done) => {
    child.once('close', () => done());
  });
  const said: string[] = [];
  child.stderr?.on('data', (text) => said.push(String(text)));
  const port = await new Promise<number>((found, failed) => {
    const [, , , control] = child.stdio;
    child.once('error', failed);
    child.once('close', () => failed(new Mistake(`workerd did not start:\n${said.join('')}`)));
    if (control !== null && control !== undefined && 'read' in control) {
      createInterface(control).once('line', (line) => found(JSON.parse(line).port));
    }
  });
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}`,
    async end() {
      child.kill();
      await ended;
    },
  };
}
