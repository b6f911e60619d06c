// Customers who submit on a schedule that waits for no answer.

import { Pool } from 'undici';
import type { Tenant } from '../tenants.ts';

export type Honest = {
  sent: () => number;
  /** Stops, and returns the latencies of the submits that were accepted. */
  stop: () => Promise<number[]>;
};

const MODEL = '/v1/models/bytedance/dreamina-3-0/pro/text-to-video';
const INPUT = JSON.stringify({ prompt: 'a lighthouse in the rain, seen from the sea', seed: 42 });

export function submitSteadily(origin: string, tenants: Tenant[], perSecond: number): Honest {
  const pool = new Pool(origin, { connections: 256 });
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  const calls: Promise<void>[] = [];

  async function submit(key: string, dueMs: number): Promise<void> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    try {
      const reply = await pool.request({ path: MODEL, method: 'POST', headers, body: INPUT });
      await reply.body.dump();
      if (reply.statusCode === 200) {
        latenciesMs.push(performance.now() - dueMs);
      }
    } catch {
      // It was sent and not accepted.
    }
  }

  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) / 1000) * perSecond;
    while (calls.length < due) {
      const dueMs = startMs + (calls.length / perSecond) * 1000;
      calls.push(submit(tenants[calls.length % tenants.length]?.key ?? '', dueMs));
    }
  }, 5);
  return {
    sent: () => calls.length,
    async stop() {
      clearInterval(timer);
      await Promise.all(calls);
      await pool.destroy();
      return latenciesMs;
    },
  };
}
