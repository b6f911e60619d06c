// The calls of a load. Latency counts from the time at which a call was due.

import { Pool } from 'undici';

export type Kind = 'submit' | 'status' | 'result';
export type Call = { kind: Kind; latencyMs: number };
type Ask = { path: string; key: string; dueMs: number };

export type Caller = {
  /** Calls that have been answered, in the order of their answers. A reader may empty it. */
  calls: Call[];
  /** Errors: the status, or the failed connection, and the beginning of the answer. */
  errors: string[];
  /** The answer's body, or null if it is not a 200. */
  call: (kind: Kind, ask: Ask) => Promise<{ [field: string]: unknown } | null>;
  end: () => Promise<void>;
};

const INPUT = JSON.stringify({ prompt: 'a lighthouse in the rain, seen from the sea', seed: 42 });
/** More than are busy at once, unless the gateway has fallen behind. */
const CONNECTIONS = 256;

export function createCaller(origin: string): Caller {
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const calls: Call[] = [];
  const errors: string[] = [];
  return {
    calls,
    errors,
    async call(kind, { path, key, dueMs }) {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const about =
        kind === 'submit' ? ({ method: 'POST', body: INPUT } as const) : ({ method: 'GET' } as const);
      try {
        const reply = await pool.request({ path, headers, ...about });
        const text = await reply.body.text();
        calls.push({ kind, latencyMs: performance.now() - dueMs });
        if (reply.statusCode === 200) {
          return Object(JSON.parse(text));
        }
        errors.push(`${kind}: ${reply.statusCode} ${text.slice(0, 300)}`);
      } catch (error) {
        errors.push(`${kind}: ${String(error)}`);
      }
      return null;
    },
    end: () => pool.destroy(),
  };
}
