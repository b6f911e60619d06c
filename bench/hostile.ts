// `npm run bench:hostile`: CPU per MiB of body, begun ones counted whole, of inputs and schemas that were made to cost as
// much as they can, beside what it takes to read an honest MiB.

import { compileJudge } from '../src/features/input-schema/judge.ts';
import { isJsonObject, parseStrictJson } from '../src/lib/json.ts';
import { say } from '../scripts/terminal.ts';
import { HOSTILE_INPUTS, type HostileInput } from './hostile-inputs.ts';
import { median } from './statistics.ts';

const MIB = 2 ** 20;
const MAY_MS = 100;
const ROUNDS = 5;

/** The bodies of a thousand submits. */
const HONEST = Array.from({ length: 1_000 }, (_, at) => ({
  prompt: 'a lighthouse in the rain, seen from the sea, '.repeat(20),
  seed: at,
  size: { width: 1024, height: 1024 },
}));

type Cost = { name: string; mib: number; readMs: number; judgeMs: number };

function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function costOf({ name, schema, input }: HostileInput): Cost {
  const bytes = new TextEncoder().encode(JSON.stringify(input));
  const compiled = compileJudge(schema);
  if (!compiled.ok) {
    throw new Error(`${name}: ${compiled.reason}`);
  }
  const { judge } = compiled;
  const readMs: number[] = [];
  const judgeMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    let body: unknown;
    readMs.push(
      cpuOf(() => {
        const read = parseStrictJson(bytes);
        body = read.ok ? read.value : null;
      }),
    );
    const read = isJsonObject(body) ? body : {};
    judgeMs.push(cpuOf(() => [judge.check(read), judge.unknown(read)]));
  }
  return { name, mib: bytes.byteLength / MIB, readMs: median(readMs), judgeMs: median(judgeMs) };
}

function honestMs(): number {
  const bytes = new TextEncoder().encode(JSON.stringify(HONEST));
  return (
    median(Array.from({ length: ROUNDS }, () => cpuOf(() => parseStrictJson(bytes)))) /
    (bytes.byteLength / MIB)
  );
}

function line(cells: (string | number)[]): string {
  const [name, ...rest] = cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(1) : cell));
  return (name ?? '').padEnd(34) + rest.map((cell) => cell.padStart(12)).join('');
}

const honest = honestMs();
say(`An honest MiB is read in ${honest.toFixed(1)} ms of CPU.`);
say();
say(line(['', 'MiB', 'read ms', 'judge ms', 'ms a MiB', '× honest']));
const costs = HOSTILE_INPUTS.map(costOf);
for (const { name, mib, readMs, judgeMs } of costs) {
  const perMib = (readMs + judgeMs) / Math.max(1, mib);
  say(line([name, mib, readMs, judgeMs, perMib, perMib / honest]));
}
const most = Math.max(...costs.map(({ mib, readMs, judgeMs }) => (readMs + judgeMs) / Math.max(1, mib)));
say();
say(`${most.toFixed(0)} ms of CPU a MiB at most; ${MAY_MS} ms are allowed, on a core that nobody else uses.`);
