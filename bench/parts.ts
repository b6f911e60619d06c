// `npm run bench:parts`: what the parts of a call cost, each in a Worker that does nothing else. CPU of workerd per
// request, as a ratio to the pass-through in the same round. Short turns in random order, so that noise is the same for all.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say, step } from '../scripts/terminal.ts';
import { cpuMs } from './cpu.ts';
import { startLoadGenerator } from './load-generator.ts';
import { raise } from './stage.ts';
import { median, shuffled } from './statistics.ts';
import { startUpstream } from './upstream.ts';

const ROUNDS = 120;
const TURN_SECONDS = 0.1;
const CONNECTIONS = 16;

type Part = { path: string; about: string; /** What it adds to. */ beside: string };

const PARTS: Part[] = [
  { path: 'floor', about: 'a pass-through: the floor', beside: '' },
  { path: 'itself', about: 'a Worker that answers by itself', beside: '' },
  { path: 'read', about: 'reads the answer, parses and writes JSON', beside: 'floor' },
  { path: 'time-out', about: 'the same with a time-out on the call', beside: 'read' },
  { path: 'iterator', about: 'the same with `for await` over the body', beside: 'read' },
  { path: 'headers', about: 'three headers on an answer', beside: 'itself' },
  { path: 'key', about: 'SHA-256 of a key', beside: 'itself' },
  { path: 'log', about: 'one line of the log', beside: 'itself' },
  { path: 'input', about: "a submit's body: strict JSON, schema, unknown members", beside: 'itself' },
  { path: 'gate', about: "the gate's batch, at a store that answers at once", beside: 'itself' },
  { path: 'hono', about: 'Hono: two layers, a route, c.json, a header', beside: 'itself' },
];

const folder = mkdtempSync(join(tmpdir(), 'comfygate-bench-'));
const upstream = await startUpstream();
const load = startLoadGenerator();
const stage = await raise(folder, upstream.origin, { quiet: true });

function at(micros: Record<string, number>, path: string): number {
  return micros[path] ?? Number.NaN;
}

async function turn(path: string, until: { seconds: number; requests: number }): Promise<number> {
  const ask = {
    method: 'GET',
    path: `/${path}`,
    headers: { authorization: 'Bearer x' },
    status: 200,
  } as const;
  const before = cpuMs(stage.pid);
  const origin = stage.origins.parts;
  const { requests } = await load.ask({ origin, ask, until, first: 0, connections: CONNECTIONS });
  return ((cpuMs(stage.pid) - before) * 1000) / requests;
}

try {
  const rounds: Record<string, number>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const micros: Record<string, number> = {};
    for (const { path } of shuffled(PARTS)) {
      // The turn before may have left work, which must not count here.
      await turn(path, { seconds: 1, requests: 2 * CONNECTIONS });
      micros[path] = await turn(path, { seconds: TURN_SECONDS, requests: Number.POSITIVE_INFINITY });
    }
    rounds.push(micros);
    if ((round + 1) % (ROUNDS / 4) === 0) {
      step(`round ${round + 1} of ${ROUNDS}`);
    }
  }
  const of = (read: (micros: Record<string, number>) => number) => median(rounds.map(read));
  say(`${''.padEnd(48)}${'CPU µs'.padStart(8)}${'× floor'.padStart(9)}${'adds'.padStart(8)}`);
  for (const { path, about, beside } of PARTS) {
    const ratio = of((micros) => at(micros, path) / at(micros, 'floor'));
    const adds = of((micros) => (at(micros, path) - at(micros, beside)) / at(micros, 'floor'));
    const cells = [
      of((micros) => at(micros, path))
        .toFixed(0)
        .padStart(8),
      ratio.toFixed(2).padStart(9),
    ];
    say(`${about.padEnd(48)}${cells.join('')}${beside === '' ? '' : adds.toFixed(2).padStart(8)}`);
  }
} finally {
  await load.end();
  await stage.end();
  await upstream.end();
  rmSync(folder, { recursive: true, force: true });
}
