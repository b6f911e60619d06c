// Calls of attackers, many at once.

import { Pool } from 'undici';
import type { Tenant } from '../tenants.ts';
import { promptFor, type Echo } from './upstream.ts';

export const MODEL = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
const CONNECTIONS = 64;
const LANES = 8;

/** Counts answers by status; `cut` counts calls without an answer. */
export type Answers = Record<string, number>;
type Call = { key: string; path?: string; body?: Buffer };
type Round = {
  count: number;
  ask: (at: number) => Call;
  /** How many are under way; absent: all. */
  lanes?: number;
  /** Called with the body of each 200. */
  onText?: (key: string, text: string) => void;
};

export type Calls = {
  keyOf: (at: number) => string;
  round: (round: Round) => Promise<Answers>;
  /** Submits so many jobs; the calls that read their results. */
  jobs: (echo: Echo, count: number) => Promise<Call[]>;
  end: () => Promise<void>;
};

export function createCalls(origin: string, tenants: Tenant[]): Calls {
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const keyOf = (at: number) => tenants[at % tenants.length]?.key ?? '';

  async function call({ key, path = MODEL, body }: Call): Promise<{ status: string; text: string }> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const about = body === undefined ? ({ method: 'GET' } as const) : ({ method: 'POST', body } as const);
    try {
      const reply = await pool.request({ path, headers, ...about });
      return { status: String(reply.statusCode), text: await reply.body.text() };
    } catch {
      return { status: 'cut', text: '' };
    }
  }

  async function round({ count, ask, lanes = count, onText }: Round): Promise<Answers> {
    const answers: Answers = {};
    let next = 0;
    const lane = async () => {
      for (let at = next++; at < count; at = next++) {
        const asked = ask(at);
        const { status, text } = await call(asked);
        answers[status] = (answers[status] ?? 0) + 1;
        if (status === '200') {
          onText?.(asked.key, text);
        }
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return answers;
  }

  return {
    keyOf,
    round,
    async jobs(echo, count) {
      const body = Buffer.from(JSON.stringify({ prompt: promptFor(echo) }));
      const results: Call[] = [];
      const ask = (at: number) => ({ key: keyOf(at), body });
      const onText = (key: string, text: string) => {
        const { request_id: id } = Object(JSON.parse(text));
        results.push({ key, path: `/v1/requests/${String(id)}/result` });
      };
      await round({ count, ask, lanes: LANES, onText });
      return results;
    },
    end: () => pool.destroy(),
  };
}
