// The attacks on an isolate's memory. Each sends its calls at once, from several customers.

import { connect } from 'node:net';
import { runCron } from '../run-cron.ts';
import type { Stage } from '../stage.ts';
import { MODEL, type Answers, type Calls } from './calls.ts';
import type { Echo } from './upstream.ts';

const MIB = 2 ** 20;
const LARGE = 15.9 * MIB;
const STALL_MS = 4_000;

export type Attack = { name: string; run: () => Promise<Answers> };

const of = (rest: string) => Buffer.from(`{"prompt":"x",${rest}}`);

export function attacks(stage: Stage, calls: Calls, endedJobs: number): Attack[] {
  const submits = (body: Buffer) => () =>
    calls.round({ count: 20, ask: (at) => ({ key: calls.keyOf(at), body }) });
  const results = (echo: Echo, count: number) => async () => {
    const all = await calls.jobs(echo, count);
    return calls.round({ count: all.length, ask: (at) => all[at] ?? { key: '' }, lanes: 8 });
  };
  return [
    { name: `${endedJobs} ended jobs that echo 32 KiB in {}`, run: results('tiny', endedJobs) },
    { name: '20 submits of 15.9 MiB at once', run: submits(of(`"image":"${'x'.repeat(LARGE)}"`)) },
    { name: '20 submits of 15.9 MiB in {}', run: submits(of(`"list":[${'{},'.repeat(LARGE / 3)}{}]`)) },
    { name: '20 submits of 99,000 {}', run: submits(of(`"list":[${'{},'.repeat(98_990)}{}]`)) },
    { name: '8 results of 15.9 MiB polled at once', run: results('large', 8) },
    { name: 'the cron over 8 results of 15.9 MiB', run: () => cronOver(stage, calls) },
    { name: '5,000 unknown ids in URLs of 8 KiB', run: () => unknownIds(calls) },
    { name: '30 uploads that stop after 7 MiB', run: () => stalled(stage.origins.miniflare, calls) },
  ];
}

async function cronOver(stage: Stage, calls: Calls): Promise<Answers> {
  await calls.jobs('large', 8);
  await stage.db.exec('UPDATE jobs SET check_at_ms = 1 WHERE check_at_ms IS NOT NULL');
  await runCron(stage);
  return {};
}

function unknownIds({ round, keyOf }: Calls): Promise<Answers> {
  const query = 'x'.repeat(8_000);
  const ask = (at: number) => ({
    key: keyOf(at),
    path: `/v1/requests/${crypto.randomUUID()}/status?${query}`,
  });
  return round({ count: 5_000, ask, lanes: 16 });
}

async function stalled(origin: string, { keyOf }: Calls): Promise<Answers> {
  const { port, hostname } = new URL(origin);
  const part = Buffer.alloc(7 * MIB, 0x20);
  const sockets = Array.from({ length: 30 }, (_, at) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => socket.destroy());
    socket.write(
      `POST ${MODEL} HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer ${keyOf(at)}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${8 * MIB}\r\n\r\n`,
    );
    socket.write(part);
    return socket;
  });
  await new Promise((done) => {
    setTimeout(done, STALL_MS);
  });
  sockets.forEach((socket) => socket.destroy());
  return {};
}
