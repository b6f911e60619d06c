// An isolate whose every call to D1, KV and RunComfy is noted, with what D1 itself says that it read and wrote.

import { env } from 'cloudflare:workers';
import { serve } from './network.ts';
import { guardedDb, guardedKv, type Through } from './stores.ts';
import type { Isolate, World } from './world.ts';

export type NotedCall =
  | { what: 'KV get' | 'KV put' | 'KV delete' | 'upstream' | 'media' }
  | { what: 'D1'; statements: string[]; rowsRead: number; rowsWritten: number };

export type Recorded = Isolate & {
  /** In the order in which they left the isolate. Tests empty it, and note the calls to hosts of files themselves. */
  calls: NotedCall[];
};

let isolates = 0;

type Settings = { DB?: D1Database; [name: string]: unknown };

/** `calls`: where its calls are noted, so that several isolates can share one list. */
export function recordedIsolate(
  world: World,
  { DB = env.DB, ...settings }: Settings = {},
  calls: NotedCall[] = [],
): Recorded {
  const pass: Through = async (call, run) => {
    if (call.what !== 'D1') {
      calls.push({ what: call.what });
      return run();
    }
    const noted = { what: call.what, statements: call.statements, rowsRead: 0, rowsWritten: 0 };
    calls.push(noted);
    const result = await run();
    for (const { meta } of [result].flat() as D1Result[]) {
      noted.rowsRead += meta.rows_read;
      noted.rowsWritten += meta.rows_written;
    }
    return result;
  };
  isolates += 1;
  const host = `recorded${isolates}.runcomfy.test`;
  serve(host, (request) => {
    calls.push({ what: 'upstream' });
    return world.runcomfy.fetch(request);
  });
  const isolate = world.isolate({
    DB: guardedDb(DB, pass),
    OWNERS: guardedKv(env.OWNERS, pass),
    RUNCOMFY_BASE_URL: `https://${host}`,
    RUNCOMFY_ACCOUNT_URL: `https://${host}`,
    ...settings,
  });
  return { ...isolate, calls };
}

export type Counts = {
  /** A batch is one, and so is a statement by itself. */
  d1RoundTrips: number;
  d1Statements: number;
  rowsRead: number;
  rowsWritten: number;
  kvReads: number;
  kvWrites: number;
  /** Calls to RunComfy. */
  upstreamCalls: number;
  /** Calls to the hosts of customers' files. */
  mediaCalls: number;
};

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

export function countsOf(calls: NotedCall[]): Counts {
  const trips = calls.filter((call) => call.what === 'D1');
  const count = (what: NotedCall['what']) => calls.filter((call) => call.what === what).length;
  return {
    d1RoundTrips: trips.length,
    d1Statements: sum(trips.map(({ statements }) => statements.length)),
    rowsRead: sum(trips.map(({ rowsRead }) => rowsRead)),
    rowsWritten: sum(trips.map(({ rowsWritten }) => rowsWritten)),
    kvReads: count('KV get'),
    kvWrites: count('KV put'),
    upstreamCalls: count('upstream'),
    mediaCalls: count('media'),
  };
}
