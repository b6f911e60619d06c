// Each flow is cut at each call that leaves the isolate, in each way: the call fails before or after it took effect,
// the isolate dies before or after it, everything fails from there on, the call takes effect after its time-out, or it
// waits while a cron runs elsewhere. Then all heals and time passes.

import { env } from 'cloudflare:workers';
import { test } from 'vitest';
import { differences } from '../support/books.ts';
import type { Cut, Gatekeeper } from '../support/fragile.ts';
import { passDeadlines } from '../support/healing.ts';
import {
  COST_MODEL,
  openShop,
  refreshAccounts,
  replaceToken,
  type Customer,
  type Shop,
} from '../support/shop.ts';
import type { OutsideCall } from '../support/stores.ts';
import {
  brokenPromises,
  newStory,
  rowsSince,
  WEEKS,
  type Row,
  type Story,
  type Submit,
} from '../support/verdict.ts';
import { watchedIsolate, type Watched } from '../support/watched.ts';
import { TEXT_TO_VIDEO, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Scene = {
  world: World;
  shop: Shop;
  customer: Customer;
  story: Story;
  submit: Submit;
  model: string;
  /** The header of this play's Idempotency-Key. */
  key: Record<string, string>;
  /** An isolate that works, and one that `ask` cuts. */
  healthy: Watched;
  isolate: (ask: Gatekeeper['ask']) => Watched;
  /** Lets the submit that is still on its way arrive, where there is one. */
  arrive?: () => Promise<void>;
};

type Flow = {
  what: string;
  ends: string;
  model?: string;
  words?: string;
  costDelayMs?: number;
  /** The failures of the flow without a cut. */
  fails?: () => Gatekeeper['ask'];
  /** The steps before the flow is cut. */
  before?: (scene: Scene) => Promise<unknown>;
  run: (scene: Scene, isolate: Watched) => Promise<unknown>;
  /** The steps of the customer after that. */
  afterwards?: (scene: Scene) => Promise<unknown>;
};

async function send(scene: Scene, isolate: Watched, headers: Record<string, string> = {}): Promise<void> {
  const { world, customer, submit, model } = scene;
  await isolate.send(submit, { model, token: customer.token, headers });
  await world.idle();
}

async function sendAndWait(scene: Scene, ms: number): Promise<void> {
  await send(scene, scene.healthy);
  scene.world.clock.advance(ms);
}

/** Further jobs of the customer's, with these words in their prompts, each of a second of its own. */
async function sendOthers(scene: Scene, words: string[], isolate = scene.healthy): Promise<void> {
  const { world, story, submit } = scene;
  for (const [index, word] of words.entries()) {
    world.clock.advance(1000);
    const other: Submit = { prompt: `another ${index}${word}`, price: submit.price, tries: [] };
    story.submits.push(other);
    await send({ ...scene, submit: other }, isolate);
  }
}

/** A submit of which only KV has the upstream id. */
async function sendForKvOnly(scene: Scene): Promise<void> {
  await send(
    scene,
    scene.isolate(({ text }) => (text.includes("state = 'running'") ? 'before' : 'none')),
  );
  scene.world.clock.advance(6 * MINUTE);
}

/** A submit that RunComfy refused, of which only KV knows that. */
async function sendForMarkOnly(scene: Scene): Promise<void> {
  fault(scene, 422, false);
  await send(scene, scene.isolate(goneAfterPost()), scene.key);
}

/** D1 is away from the POST on. */
function goneAfterPost(): Gatekeeper['ask'] {
  let isPosted = false;
  return ({ what }) => {
    isPosted ||= what === 'upstream';
    return what === 'D1' && isPosted ? 'before' : 'none';
  };
}

/** The first answer of the gate is lost. */
function gateUnheard(): Gatekeeper['ask'] {
  let gates = 0;
  return ({ text }) => {
    gates += text.includes('INSERT INTO jobs') ? 1 : 0;
    return gates === 1 && text.includes('INSERT INTO jobs') ? 'after' : 'none';
  };
}

/** A submit that hangs at RunComfy until it is let go; KV will not take its id. */
async function sendSlowly(scene: Scene): Promise<void> {
  const hanging = Promise.withResolvers<Cut>();
  const atRunComfy = Promise.withResolvers<void>();
  const slow = scene.isolate(({ what }) => {
    if (what !== 'upstream') {
      return what === 'KV put' ? 'before' : 'none';
    }
    atRunComfy.resolve();
    return hanging.promise;
  });
  const sent = send(scene, slow);
  scene.arrive = async () => {
    hanging.resolve('none');
    await sent;
  };
  await atRunComfy.promise;
  scene.world.clock.advance(6 * MINUTE);
}

/** A submit that only KV knows, and KV was late where the first cron looked for it. */
async function loseSightOfIt(scene: Scene): Promise<void> {
  await sendForKvOnly(scene);
  await cronAfter(
    scene,
    0,
    scene.isolate(({ what }) => (what === 'KV get' ? 'late' : 'none')),
  );
}

/** A submit that RunComfy accepted, and the isolate died before it heard of it. */
async function sendAndDie(scene: Scene): Promise<void> {
  await send(
    scene,
    scene.isolate(({ what }) => (what === 'upstream' ? 'die after' : 'none')),
  );
  scene.world.clock.advance(6 * MINUTE);
}

async function cronAfter(scene: Scene, ms: number, isolate = scene.healthy): Promise<void> {
  scene.world.clock.advance(ms);
  await isolate.cron();
}

/** As the customer does it who has only the id of the job. */
function idOf({ submit }: Scene): string {
  return submit.tries.find(({ answer }) => answer !== null && answer.id !== null)!.answer!.id!;
}

const cron = (_scene: Scene, isolate: Watched) => isolate.cron().catch(() => 0);
const result = (scene: Scene, isolate: Watched) => isolate.result(scene.customer.token, idOf(scene));
const fault = (scene: Scene, status: number, accept: boolean) =>
  scene.world.runcomfy.fault({ on: 'submit', fault: { kind: 'status', status, accept }, times: 1 });

/** The account accepts no jobs while this is set. */
function dies({ world, shop }: Scene, account: 0 | 1, kind: 'no_balance' | 'bad_token' = 'no_balance'): void {
  world.runcomfy.fault({ on: 'submit', account: shop.accounts[account].name, fault: { kind } });
}

/** The answer to the first move is lost. */
function moveUnheard(): Gatekeeper['ask'] {
  let moves = 0;
  return ({ text }) => {
    const isMove = text.includes('UPDATE jobs SET account_id');
    moves += isMove ? 1 : 0;
    return isMove && moves === 1 ? 'after' : 'none';
  };
}

const replace = ({ shop }: Scene, token: string) => replaceToken(shop, shop.accounts[0], token);

const flows: Flow[] = [
  { what: 'a submit', ends: 'succeeded', run: send },
  {
    what: 'a submit that one account refuses and the next one takes',
    ends: 'succeeded',
    before: async (scene) => dies(scene, 0),
    run: send,
  },
  {
    what: 'a submit that two accounts refuse, sent again after the cut',
    ends: 'succeeded',
    async before(scene) {
      dies(scene, 0, 'bad_token');
      dies(scene, 1);
    },
    run: (scene, isolate) => send(scene, isolate, scene.key),
    afterwards: (scene) => send(scene, scene.healthy, scene.key),
  },
  {
    what: 'a submit that moves, of which the answer to the move is lost',
    ends: 'succeeded',
    fails: moveUnheard,
    before: async (scene) => dies(scene, 0),
    run: send,
  },
  {
    what: 'a submit that every account refuses',
    ends: 'refused',
    before: async ({ world }) => world.runcomfy.fault({ on: 'submit', fault: { kind: 'no_balance' } }),
    run: send,
  },
  {
    what: 'a submit that moves, and nobody says what became of it there',
    ends: 'lost',
    async before(scene) {
      dies(scene, 0);
      const account = scene.shop.accounts[1].name;
      scene.world.runcomfy.fault({
        on: 'submit',
        account,
        fault: { kind: 'status', status: 500, accept: true },
      });
    },
    run: send,
  },
  {
    what: 'the cron on a running job whose account has another token by now',
    ends: 'succeeded',
    async before(scene) {
      await sendAndWait(scene, 2 * MINUTE);
      await replace(scene, 'another-token-0123456789');
    },
    run: cron,
  },
  {
    what: '/result by an isolate that knows the token of before',
    ends: 'succeeded',
    before: (scene) => sendAndWait(scene, 0),
    async run(scene, isolate) {
      await isolate.status(scene.customer.token, idOf(scene));
      await replace(scene, 'yet-another-token-0123456789');
      scene.world.clock.advance(10_000);
      await result(scene, isolate);
    },
  },
  { what: 'a submit that fails at RunComfy', ends: 'failed', words: ' [sim:fail]', run: send },
  {
    what: 'a submit with an Idempotency-Key, sent again after the cut',
    ends: 'succeeded',
    run: (scene, isolate) => send(scene, isolate, scene.key),
    async afterwards(scene) {
      await send(scene, scene.healthy, scene.key);
      scene.world.clock.advance(20 * MINUTE);
      await send(scene, scene.healthy, scene.key);
    },
  },
  {
    what: 'a submit with an Idempotency-Key, of which the answer of the gate is lost',
    ends: 'succeeded',
    fails: gateUnheard,
    run: (scene, isolate) => send(scene, isolate, scene.key),
    afterwards: (scene) => send(scene, scene.healthy, scene.key),
  },
  {
    what: 'a submit that RunComfy refuses while D1 is away',
    ends: 'refused',
    fails: goneAfterPost,
    before: async (scene) => fault(scene, 422, false),
    run: send,
  },
  {
    what: 'a retry of a submit that only KV knows to be refused',
    ends: 'succeeded',
    before: sendForMarkOnly,
    run: (scene, isolate) => send(scene, isolate, scene.key),
    afterwards: (scene) => send(scene, scene.healthy, scene.key),
  },
  {
    what: 'a retry of a submit that only KV knows to be accepted',
    ends: 'succeeded',
    before: (scene) => send(scene, scene.isolate(goneAfterPost()), scene.key),
    run: (scene, isolate) => send(scene, isolate, scene.key),
  },
  {
    what: 'the cron on a stale reservation that only KV knows to be refused',
    ends: 'refused',
    async before(scene) {
      await sendForMarkOnly(scene);
      scene.world.clock.advance(6 * MINUTE);
    },
    run: cron,
  },
  {
    what: 'a submit that RunComfy refuses',
    ends: 'refused',
    before: async (scene) => fault(scene, 422, false),
    run: send,
  },
  {
    what: 'a submit that RunComfy refuses, with an Idempotency-Key that is free again',
    ends: 'succeeded',
    before: async (scene) => fault(scene, 422, false),
    run: (scene, isolate) => send(scene, isolate, scene.key),
    async afterwards(scene) {
      scene.world.clock.advance(1000);
      await send(scene, scene.healthy, scene.key);
    },
  },
  {
    what: 'a submit of which RunComfy says nothing',
    ends: 'lost',
    before: async (scene) => fault(scene, 500, true),
    run: send,
  },
  {
    what: '/result that settles by estimate',
    ends: 'succeeded',
    before: (scene) => sendAndWait(scene, MINUTE),
    run: result,
  },
  {
    what: '/result that settles by cost',
    ends: 'succeeded',
    model: COST_MODEL,
    before: (scene) => sendAndWait(scene, MINUTE),
    run: (scene, isolate) =>
      isolate.call(`/v1/requests/${idOf(scene)}/result?include_cost=true`, { token: scene.customer.token }),
  },
  {
    what: '/result that ends a job whose cost is not known yet',
    ends: 'succeeded',
    model: COST_MODEL,
    costDelayMs: 5 * MINUTE,
    before: (scene) => sendAndWait(scene, MINUTE),
    run: result,
  },
  { what: '/result of a job that only KV knows', ends: 'succeeded', before: sendForKvOnly, run: result },
  {
    what: '/status that sees an end',
    ends: 'succeeded',
    before: (scene) => sendAndWait(scene, MINUTE),
    run: (scene, isolate) => isolate.status(scene.customer.token, idOf(scene)),
  },
  {
    what: 'the cron that settles by a cost that came late',
    ends: 'succeeded',
    model: COST_MODEL,
    costDelayMs: 5 * MINUTE,
    async before(scene) {
      await sendAndWait(scene, MINUTE);
      await scene.healthy.result(scene.customer.token, idOf(scene));
      await scene.world.idle();
      scene.world.clock.advance(6 * MINUTE);
    },
    run: cron,
  },
  {
    what: 'the cron that books a cost after the settlement',
    ends: 'succeeded',
    costDelayMs: 5 * MINUTE,
    async before(scene) {
      await sendAndWait(scene, 2 * MINUTE);
      await cronAfter(scene, 0);
      scene.world.clock.advance(6 * MINUTE);
    },
    run: cron,
  },
  {
    what: 'the cron that gives up waiting for a cost',
    ends: 'succeeded',
    model: COST_MODEL,
    costDelayMs: 30 * MINUTE,
    async before(scene) {
      await sendAndWait(scene, 2 * MINUTE);
      await cronAfter(scene, 0);
      scene.world.clock.advance(11 * MINUTE);
    },
    run: cron,
  },
  {
    what: 'the cancel of a job in the queue',
    ends: 'cancelled',
    before: (scene) => sendAndWait(scene, 100),
    run: (scene, isolate) => isolate.cancel(scene.customer.token, idOf(scene)),
  },
  {
    what: 'the cron on a running job',
    ends: 'succeeded',
    before: (scene) => sendAndWait(scene, 2 * MINUTE),
    run: cron,
  },
  {
    what: 'the cron that settles several jobs in one set',
    ends: 'succeeded',
    async before(scene) {
      await sendOthers(scene, [' [sim:fail]', '']);
      await sendAndWait(scene, 2 * MINUTE);
    },
    run: cron,
  },
  {
    what: 'the cron that finds several jobs again, in one set',
    ends: 'succeeded',
    async before(scene) {
      const forKvOnly = scene.isolate(({ text }) => (text.includes("state = 'running'") ? 'before' : 'none'));
      await sendOthers(scene, ['', ' [sim:fail]'], forKvOnly);
      await sendForKvOnly(scene);
    },
    run: cron,
  },
  {
    what: 'the cron on a stale reservation that KV knows',
    ends: 'succeeded',
    before: sendForKvOnly,
    run: cron,
  },
  { what: 'the cron on a stale reservation that nobody knows', ends: 'lost', before: sendAndDie, run: cron },
  {
    what: 'the cron on an unconfirmed job that KV knows',
    ends: 'succeeded',
    async before(scene) {
      await loseSightOfIt(scene);
      scene.world.clock.advance(5 * MINUTE);
    },
    run: cron,
  },
  {
    what: 'the cron that gives up an unconfirmed job',
    ends: 'lost',
    async before(scene) {
      await sendAndDie(scene);
      await cronAfter(scene, 0);
      scene.world.clock.advance(25 * HOUR);
    },
    run: cron,
  },
  {
    what: 'the cron that could give up a job that KV knows',
    ends: 'succeeded',
    async before(scene) {
      await loseSightOfIt(scene);
      scene.world.clock.advance(25 * HOUR);
    },
    run: cron,
  },
  {
    what: 'the cron on a stale reservation whose submit arrives all the same',
    ends: 'succeeded',
    before: sendSlowly,
    run: cron,
    afterwards: async (scene) => scene.arrive?.(),
  },
  {
    what: 'the cron that hears the first 404',
    ends: 'lost',
    async before(scene) {
      await sendAndWait(scene, 2 * MINUTE);
      scene.world.runcomfy.forget(scene.world.runcomfy.accepted().jobs[0]!.id);
    },
    run: cron,
  },
  {
    what: 'the cron that gives up a forgotten job',
    ends: 'lost',
    async before(scene) {
      await sendAndWait(scene, 0);
      scene.world.runcomfy.forget(scene.world.runcomfy.accepted().jobs[0]!.id);
      for (const ms of [5 * MINUTE, 61 * MINUTE, 61 * MINUTE]) {
        await cronAfter(scene, ms);
      }
      scene.world.clock.advance(61 * MINUTE);
    },
    run: cron,
  },
  {
    what: 'the cron that gives up a job after a week',
    ends: 'lost',
    words: ` ${WEEKS}`,
    before: (scene) => sendAndWait(scene, 7 * 24 * HOUR),
    run: cron,
  },
];

const WAYS = ['before', 'after', 'die before', 'die after', 'outage', 'slow', 'sleep'] as const;
type Way = (typeof WAYS)[number];
type Place = { at: number; way: Way };

/** They take seconds, and minutes on a machine that does other things as well. */
const SLOW = { timeout: 600_000 };

// Pairs, because a title cuts a long property short.
const named = flows.map((flow) => [flow.what, flow] as const);

test.for(named)('G3, G4, G5: %s, cut at each call', SLOW, async ([, flow], { expect }) => {
  const shop = await openShop();
  const customer = shop.customers[flow.words === undefined ? 0 : 1];
  const whole = await play(flow, shop, { customer, place: null });
  expect({ broken: whole.broken, state: whole.row?.state }).toEqual({ broken: [], state: flow.ends });
  expect(whole.calls.length).toBeGreaterThan(1);
  for (const [at, call] of whole.calls.entries()) {
    for (const way of waysFor(call, at)) {
      const { broken } = await play(flow, shop, { customer, place: { at, way } });
      expect({ at, way, call: call.text, broken }).toEqual({ at, way, call: call.text, broken: [] });
    }
  }
  expect(await differences(shop.world, customer.id)).toEqual([]);
});

/**
 * Where nothing takes effect, to fail after that is to fail before it. Unless all are asked for, each call is cut in one way,
 * the next call in the next: `npm run crashes -- --cuts` takes them all.
 */
function waysFor({ what, text }: OutsideCall, at: number): Way[] {
  const isRead = what === 'KV get' || text.startsWith('SELECT') || text.startsWith('GET');
  const ways = WAYS.filter((way) => !isRead || !way.endsWith('after'));
  return env.CRASH_CUTS === 'all' ? ways : ways.filter((_way, index) => index === at % ways.length);
}

type Played = { calls: OutsideCall[]; broken: string[]; row: Row | undefined };

async function play(
  flow: Flow,
  shop: Shop,
  { customer, place }: { customer: Customer; place: Place | null },
): Promise<Played> {
  const { model = TEXT_TO_VIDEO, costDelayMs = 0 } = flow;
  const { world } = shop;
  world.clock.advance(HOUR);
  const sinceMs = world.clock.now();
  world.runcomfy.reset();
  world.runcomfy.settings({ cost_delay_ms: costDelayMs });
  await refreshAccounts(shop);
  const story = newStory(costDelayMs, shop.accounts);
  const submit: Submit = {
    prompt: `a cut${flow.words ?? ''}`,
    price: customer.prices[model]!,
    tries: [],
  };
  story.submits.push(submit);
  const isolate = (ask: Gatekeeper['ask']) => watchedIsolate(world, { story, ask });
  const key = { 'Idempotency-Key': `order ${sinceMs}` };
  const scene: Scene = {
    world,
    shop,
    customer,
    story,
    submit,
    model,
    key,
    isolate,
    healthy: isolate(() => 'none'),
  };
  await flow.before?.(scene);
  const calls: OutsideCall[] = [];
  const fails = flow.fails?.() ?? (() => 'none');
  await flow.run(
    scene,
    isolate(async (call) => {
      const failure = await fails(call);
      const cut = await cutAt(scene, place, calls.push(call) - 1);
      return cut === 'none' ? failure : cut;
    }),
  );
  await flow.afterwards?.(scene);
  await world.idle();
  await passDeadlines(world, story);
  const { rows } = await rowsSince([customer.id], sinceMs);
  const broken = brokenPromises({ ...story, accepted: world.runcomfy.accepted().jobs }, rows);
  const own = rows.filter(({ id }) => submit.tries.some(({ gate }) => gate.includes(id)));
  return { calls, broken, row: own.find((row) => row.state !== 'refused') ?? own[0] };
}

function cutAt(scene: Scene, place: Place | null, index: number): Cut | Promise<Cut> {
  if (place === null || index < place.at) {
    return 'none';
  }
  if (place.way === 'outage') {
    return 'before';
  }
  if (index > place.at) {
    return 'none';
  }
  switch (place.way) {
    case 'sleep':
      return overslept(scene);
    case 'slow':
      return timedOut(scene);
    default:
      return place.way;
  }
}

/** Whoever waits for the call has given it up when it is carried out. */
async function timedOut({ world }: Scene): Promise<Cut> {
  // Its alarm is set when it has been made.
  await Promise.resolve();
  world.clock.pass(4000);
  return 'none';
}

/** The call waits so long that a reservation is stale and a cost has come, and the cron is there first; or the submit arrives. */
async function overslept(scene: Scene): Promise<Cut> {
  if (scene.arrive !== undefined) {
    await scene.arrive();
    return 'none';
  }
  await cronAfter(scene, 6 * MINUTE);
  return 'none';
}
