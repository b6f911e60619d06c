// A closed loop: so many connections, each of which asks again as soon as it has its answer.

import type { Pool } from 'undici';

export type Ask = {
  method: 'GET' | 'POST';
  /** The path of the n-th request. */
  path: (number: number) => string;
  headers: Record<string, string>;
  body?: string;
  /** Any other status ends the bench: an error is quickly made. */
  status: number;
};

export type Run = { requests: number; seconds: number; latenciesMs: number[] };
export type Until = { seconds: number; requests: number };

/** Asks until the time is up or the requests are used up; `first` is the number of the first one. */
export async function drive(
  pool: Pool,
  ask: Ask,
  { until, first, connections }: { until: Until; first: number; connections: number },
): Promise<Run> {
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + until.seconds * 1000;
  let next = first;
  async function connection(): Promise<void> {
    while (performance.now() < endMs && next - first < until.requests) {
      const beforeMs = performance.now();
      await once(pool, ask, next++);
      latenciesMs.push(performance.now() - beforeMs);
    }
  }
  await Promise.all(Array.from({ length: connections }, connection));
  return {
    requests: latenciesMs.length,
    seconds: (performance.now() - startMs) / 1000,
    latenciesMs,
  };
}

async function once(pool: Pool, ask: Ask, number: number): Promise<void> {
  const { method, headers, status } = ask;
  const path = ask.path(number);
  const reply = await pool.request({
    method,
    path,
    headers,
    ...(ask.body === undefined ? {} : { body: ask.body }),
  });
  if (reply.statusCode !== status) {
    throw new Error(
      `${method} ${path}: ${reply.statusCode} instead of ${status}: ${await reply.body.text()}`,
    );
  }
  await reply.body.dump();
}
