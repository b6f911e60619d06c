// Calls that take their time on the clock that a test holds. Each call that leaves the isolate ends so many milliseconds
// later, several at once side by side; the clock moves on only when nothing else can.

import { env } from 'cloudflare:workers';
import { serve } from './network.ts';
import { guardedDb, guardedKv, type Through } from './stores.ts';
import { rest } from './turnstile.ts';
import type { Isolate, World } from './world.ts';

type Sleeper = { untilMs: number; wake: () => void };

/** The resources that some work used; `claimReads` are rows that the claims of the cron have read. */
export type Spent = {
  tookMs: number;
  queries: number;
  subrequests: number;
  rowsRead: number;
  rowsWritten: number;
  claimReads: number;
};

export type SlowIsolate = Isolate & {
  /** Lets the work go on until it is over; returns what it has used, its time by the clock. */
  drive: (work: Promise<unknown>) => Promise<Spent>;
};

let isolates = 0;

const nothing = (): Spent => ({
  tookMs: 0,
  queries: 0,
  subrequests: 0,
  rowsRead: 0,
  rowsWritten: 0,
  claimReads: 0,
});

/** `answer` plays RunComfy; `takesMs` is how long a call takes. */
export function slowIsolate(
  world: World,
  {
    answer,
    takesMs,
  }: { answer: (request: Request) => Promise<Response>; takesMs: (request: Request | null) => number },
  settings: object = {},
): SlowIsolate {
  const { clock } = world;
  const sleepers = new Set<Sleeper>();
  let busy = 0;
  const slowly = async <T>(ms: number, run: () => Promise<T>): Promise<T> => {
    busy += 1;
    try {
      return await run();
    } finally {
      busy -= 1;
      await new Promise<void>((wake) => sleepers.add({ untilMs: clock.now() + ms, wake }));
    }
  };
  let spent = nothing();
  const pass: Through = async (call, run) => {
    spent.subrequests += 1;
    const result = await slowly(takesMs(null), run);
    if (call.what === 'D1') {
      const metas = ([result].flat() as D1Result[]).map(({ meta }) => meta);
      const read = metas.reduce((sum, { rows_read }) => sum + rows_read, 0);
      spent.queries += call.statements.length;
      spent.rowsRead += read;
      spent.rowsWritten += metas.reduce((sum, { rows_written }) => sum + rows_written, 0);
      spent.claimReads += call.text.includes('WITH RECURSIVE customer') ? read : 0;
    }
    return result;
  };
  isolates += 1;
  const host = `slow${isolates}.runcomfy.test`;
  serve(host, (request) => {
    spent.subrequests += 1;
    return slowly(takesMs(request), () => answer(request));
  });
  const isolate = world.isolate({
    DB: guardedDb(env.DB, pass),
    OWNERS: guardedKv(env.OWNERS, pass),
    RUNCOMFY_BASE_URL: `https://${host}`,
    RUNCOMFY_ACCOUNT_URL: `https://${host}`,
    ...settings,
  });

  function wakeNext(): void {
    const nextMs = Math.min(...[...sleepers].map(({ untilMs }) => untilMs));
    clock.advance(Math.max(0, nextMs - clock.now()));
    for (const sleeper of [...sleepers].filter(({ untilMs }) => untilMs <= nextMs)) {
      sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  async function drive(work: Promise<unknown>): Promise<Spent> {
    const startMs = clock.now();
    const state = { isOver: false };
    const over = work.finally(() => {
      state.isOver = true;
    });
    while (!state.isOver) {
      await rest();
      if (busy === 0 && sleepers.size > 0) {
        wakeNext();
      }
    }
    await over;
    const used = { ...spent, tookMs: clock.now() - startMs };
    spent = nothing();
    return used;
  }

  return { ...isolate, drive };
}
