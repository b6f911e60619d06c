// What may fill an isolate's memory, each as its attackers would do it: at once, and from several customers.

import { connect } from 'node:net';
import { Pool } from 'undici';
import { runCron } from '../run-cron.ts';
import type { Stage } from '../stage.ts';
import type { Tenant } from '../tenants.ts';
import { promptFor, type Echo } from './upstream.ts';

const MODEL = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
const MIB = 2 ** 20;
const LARGE = 15.9 * MIB;
const LANES = 8;

/** What was answered, by status; what got no answer is `cut`. */
export type Answers = Record<string, number>;
export type Attack = { name: string; run: () => Promise<Answers> };

type Call = { key: string; path?: string; body?: Buffer };

export function attacks(stage: Stage, tenants: Tenant[]): { all: Attack[]; end: () => Promise<void> } {
  const { origins, db } = stage;
  const pool = new Pool(origins.miniflare, { connections: 64 });
  const keyOf = (at: number) => tenants[at % tenants.length]?.key ?? '';

  const post = (body: Buffer) => (at: number) => ({ key: keyOf(at), body });

  async function call({ key, path = MODEL, body }: Call): Promise<{ status: string; text: string }> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    try {
      const reply = await pool.request({
        path,
        headers,
        ...(body === undefined ? { method: 'GET' as const } : { method: 'POST' as const, body }),
      });
      return { status: String(reply.statusCode), text: await reply.body.text() };
    } catch {
      return { status: 'cut', text: '' };
    }
  }

  async function atOnce(
    count: number,
    ask: (at: number) => Call,
    { lanes = count, told }: { lanes?: number; told?: (key: string, text: string) => void } = {},
  ): Promise<Answers> {
    const answers: Answers = {};
    let next = 0;
    const lane = async () => {
      while (next < count) {
        next += 1;
        const asked = ask(next - 1);
        const { status, text } = await call(asked);
        answers[status] = (answers[status] ?? 0) + 1;
        if (status === '200') {
          told?.(asked.key, text);
        }
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return answers;
  }

  /** Jobs that have been taken, each with the path of its result. */
  async function jobsOf(echo: Echo, count: number): Promise<Call[]> {
    const body = Buffer.from(JSON.stringify({ prompt: promptFor(echo) }));
    const jobs: Call[] = [];
    await atOnce(count, post(body), {
      lanes: LANES,
      told: (key, text) =>
        jobs.push({ key, path: `/v1/requests/${String(Object(JSON.parse(text)).request_id)}/result` }),
    });
    return jobs;
  }

  async function results(echo: Echo, { jobs, lanes }: { jobs: number; lanes: number }): Promise<Answers> {
    const all = await jobsOf(echo, jobs);
    return atOnce(all.length, (at) => all[at] ?? { key: '' }, { lanes });
  }

  const padded = Buffer.from(`{"prompt":"x","image":"${'x'.repeat(LARGE)}"}`);
  const tiny = Buffer.from(`{"prompt":"x","list":[${'{},'.repeat(LARGE / 3)}{}]}`);
  const legal = Buffer.from(`{"prompt":"x","list":[${'{},'.repeat(99_000)}{}]}`);
  const all: Attack[] = [
    {
      name: '1,000 ended jobs that echo 32 KiB in {}',
      run: () => results('tiny', { jobs: 1_000, lanes: 8 }),
    },
    { name: '20 submits of 15.9 MiB at once', run: () => atOnce(20, post(padded)) },
    { name: '20 submits of 15.9 MiB in {}', run: () => atOnce(20, post(tiny)) },
    { name: '20 submits of 99,000 {}', run: () => atOnce(20, post(legal)) },
    { name: '8 results of 15.9 MiB polled at once', run: () => results('large', { jobs: 8, lanes: 8 }) },
    {
      name: 'the cron over 8 results of 15.9 MiB',
      async run() {
        await jobsOf('large', 8);
        await db.exec('UPDATE jobs SET check_at_ms = 1 WHERE check_at_ms IS NOT NULL');
        await runCron(stage);
        return {};
      },
    },
    {
      name: '5,000 unknown ids in URLs of 8 KiB',
      run: () =>
        atOnce(
          5_000,
          (at) => ({
            key: keyOf(at),
            path: `/v1/requests/${crypto.randomUUID()}/status?${'x'.repeat(8_000)}`,
          }),
          { lanes: 16 },
        ),
    },
    { name: '30 uploads that stop after 7 MiB', run: () => stalled(origins.miniflare, keyOf) },
  ];
  return { all, end: () => pool.destroy() };
}

const STALL_MS = 4_000;

async function stalled(origin: string, keyOf: (at: number) => string): Promise<Answers> {
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
