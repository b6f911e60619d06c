// Calls that take their time on the clock that a test holds. Each call that leaves the isolate ends so many milliseconds
// later, several at once side by side; the clock moves on only when nothing else can.

import { env } from 'cloudflare:workers';
import { serve } from './network.ts';
import { guardedDb, guardedKv, type Through } from './stores.ts';
import { rest } from './turnstile.ts';
import type { Isolate, World } from './world.ts';

type Sleeper = { untilMs: number; wake: () => void };

export type SlowIsolate = Isolate & {
  /** Lets the work go on until it is over; returns how long it took on the clock. */
  drive: (work: Promise<unknown>) => Promise<number>;
};

let isolates = 0;

/** `answer` plays RunComfy; `takesMs` is how long a call takes. */
export function slowIsolate(
  world: World,
  { answer, takesMs }: { answer: (request: Request) => Promise<Response>; takesMs: (request: Request | null) => number },
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
  const pass: Through = (_call, run) => slowly(takesMs(null), run);
  isolates += 1;
  const host = `slow${isolates}.runcomfy.test`;
  serve(host, (request) => slowly(takesMs(request), () => answer(request)));
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

  async function drive(work: Promise<unknown>): Promise<number> {
    const startMs = clock.now();
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await rest();
      if (busy === 0 && sleepers.size > 0) {
        wakeNext();
      }
    }
    await over;
    return clock.now() - startMs;
  }

  return { ...isolate, drive };
}
