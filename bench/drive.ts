// A closed loop: each connection sends its next request as soon as it has an answer.

import type { Pool } from 'undici';
import { pathOf, type Path } from './made-up.ts';

/** Plain data, so that it can go to another process. */
export type Ask = {
  method: 'GET' | 'POST';
  path: Path;
  headers: Record<string, string>;
  body?: string;
  /** Any other status ends the bench: errors are fast, and would look good in the table. */
  status: number;
};

export type Order = {
  origin: string;
  ask: Ask;
  connections: number;
  /** The number of the first request, which says which job it is about. */
  first: number;
  /** It ends when the time is up or the requests are used up. */
  until: { seconds: number; requests: number };
};

export type Run = { requests: number; seconds: number; latenciesMs: number[] };

export async function drive(pool: Pool, { ask, connections, first, until }: Order): Promise<Run> {
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
  const path = pathOf(ask.path, number);
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
