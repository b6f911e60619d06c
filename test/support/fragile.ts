// Isolates that can be cut at each call that leaves them, to D1, KV or RunComfy, and that can die there.

import { env } from 'cloudflare:workers';
import { serve } from './network.ts';
import { failing, guardedDb, guardedKv, type Failure, type OutsideCall, type Through } from './stores.ts';
import type { Isolate, World } from './world.ts';

/** An isolate that dies gets no answer any more, and nothing that it does after that leaves it. */
export type Cut = Failure | 'die before' | 'die after';

export type Gatekeeper = {
  /** Asked once for each call, in the order in which they want to leave. */
  ask: (call: OutsideCall) => Cut | Promise<Cut>;
  /** The call is over; `tookEffect` says whether it was carried out. */
  done?: (call: OutsideCall, tookEffect: boolean) => void;
  /** The answer of RunComfy, if it arrived. */
  read?: (call: OutsideCall, answer: { status: number; body: string }) => void;
};

export type Fragile = Isolate & { isDead: () => boolean };

let isolates = 0;

export function fragileIsolate(world: World, keeper: Gatekeeper, settings: object = {}): Fragile {
  let dead = false;
  const decide = async (call: OutsideCall): Promise<Failure> => {
    if (dead) {
      return 'before';
    }
    const cut = await keeper.ask(call);
    // It may have died while this call waited.
    const failure = dead || cut === 'die before' ? 'before' : cut === 'die after' ? 'after' : cut;
    dead ||= cut.startsWith('die');
    return failure;
  };
  const pass: Through = async (call, run) => {
    const failure = await decide(call);
    try {
      const result = await failing(failure, run);
      if (dead) {
        throw new Error('the isolate died while it waited');
      }
      return result;
    } finally {
      keeper.done?.(call, failure === 'none' || failure === 'after');
    }
  };
  isolates += 1;
  const host = `fragile${isolates}.runcomfy.test`;
  serve(host, (request) => {
    const call: OutsideCall = {
      what: 'upstream',
      text: `${request.method} ${new URL(request.url).pathname}`,
    };
    return pass(call, async () => world.runcomfy.fetch(request)).then(async (response) => {
      const body = await response.text();
      keeper.read?.(call, { status: response.status, body });
      return new Response(body, response);
    });
  });
  const isolate = world.isolate({
    DB: guardedDb(env.DB, pass),
    OWNERS: guardedKv(env.OWNERS, pass),
    RUNCOMFY_BASE_URL: `https://${host}`,
    ...settings,
  });
  return { ...isolate, isDead: () => dead };
}
