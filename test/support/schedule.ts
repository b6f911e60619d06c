// One random schedule: what customers, two isolates and the cron do, where they are cut and when they die. All of it
// hangs on the seed.

import type { Fault } from '../../simulator/fault.ts';
import type { Cut } from './fragile.ts';
import { passDeadlines } from './healing.ts';
import { randomOf, withSeededIds, type Random } from './random.ts';
import { COST_MODEL, refreshAccounts, replaceToken, type Customer, type Shop } from './shop.ts';
import type { OutsideCall } from './stores.ts';
import { turnstile, type Turnstile } from './turnstile.ts';
import { newStory, WEEKS, type Story, type Submit } from './verdict.ts';
import { watchedIsolate, type Watched } from './watched.ts';
import { TEXT_TO_VIDEO } from './world.ts';

const STEPS = 10;
const MINUTE = 60_000;
/** As long as a submit waits for a store. */
const STORE_MS = 4000;
type Order = { submit: Submit; customer: Customer; model: string; key: string | null };
type Seat = { isolate: Watched; isSubmitting: boolean };
type Play = Shop & {
  dice: Random;
  gate: Turnstile;
  seats: Seat[];
  story: Story;
  orders: Order[];
  known: { id: string; token: string }[];
  /** A store that is away fails at each call. */
  away: { d1: boolean; kv: boolean };
};

const SUBMIT_FAULTS: Fault[] = [
  { kind: 'cut' },
  { kind: 'cut_before' },
  { kind: 'status', status: 500, accept: true },
  { kind: 'status', status: 422 },
  { kind: 'status', status: 429 },
  { kind: 'garbage' },
  { kind: 'no_id' },
  { kind: 'forget' },
];
/** What an account says that takes no more jobs. */
const DEATHS: Fault[] = [{ kind: 'no_balance' }, { kind: 'bad_token' }, { kind: 'status', status: 429 }];
const READ_FAULTS: Fault[] = [
  { kind: 'cut' },
  { kind: 'status', status: 503 },
  { kind: 'html' },
  { kind: 'not_ready' },
];
const WORDS = ['', '', '', '', ' [sim:fail]', ' [sim:slow=60000]', ` ${WEEKS}`];
const COSTS = [0, 0.0004, 0.02, 7, -1, null, 'free'];

/** Plays the schedule of a seed and heals what it left; tells what was seen. */
export function playSchedule(shop: Shop, seed: number): Promise<Story> {
  return withSeededIds(seed, async () => {
    const dice = randomOf(seed);
    const { world } = shop;
    world.runcomfy.reset();
    world.logs.length = 0;
    const costDelayMs = dice.pick([0, 0, 5 * MINUTE, 30 * MINUTE]);
    world.runcomfy.settings({ cost_delay_ms: costDelayMs, queue_ms: dice.pick([2000, 2000, 5 * MINUTE]) });
    await refreshAccounts(shop);
    const story = newStory(costDelayMs, shop.accounts);
    const play: Play = {
      ...shop,
      dice,
      gate: turnstile(),
      seats: [],
      story,
      orders: [],
      known: [],
      away: { d1: false, kv: false },
    };
    for (let step = 0; step < STEPS; step += 1) {
      await takeStep(play, step);
    }
    await heal(play);
    return { ...story, accepted: world.runcomfy.accepted().jobs };
  });
}

async function takeStep(play: Play, step: number): Promise<void> {
  const { world, dice, gate, seats } = play;
  for (const place of [0, 1]) {
    if (seats[place]?.isolate.isDead() !== false) {
      seats[place] = newSeat(play);
    }
  }
  disturb(play);
  if (dice.next() < 0.05) {
    const account = dice.pick(play.accounts);
    await replaceToken(play, account, `${account.name}-token-${dice.below(2 ** 31)}`);
  }
  play.away = { d1: false, kv: false };
  act(play, dice.pick(seats), step);
  if (dice.next() < 0.3) {
    actBeside(play, dice.pick(seats));
  }
  await gate.rest();
  while (gate.waiting() > 0 && (seats.some(({ isolate }) => isolate.isPricing()) || dice.next() < 0.96)) {
    await (dice.next() < 0.03 ? letTimePass(play) : letOneThrough(play));
  }
  // Each step has an instant of its own; now and then a reservation grows stale meanwhile. Isolates may stand still for
  // that time, or their time-outs run out.
  const ms = 1 + dice.below(dice.next() < 0.1 ? 7 * MINUTE : 1.5 * MINUTE);
  await (dice.next() < 0.5 ? world.clock.advance(ms) : passTime(play, ms));
}

/** The stores are slow: whatever waits for them has waited for too long, and is carried out all the same, later. */
async function letTimePass(play: Play): Promise<void> {
  await passTime(play, play.dice.pick([500, STORE_MS]));
}

async function passTime({ world, gate }: Play, ms: number): Promise<void> {
  world.clock.pass(ms);
  await gate.rest();
}

async function letOneThrough({ dice, gate, away }: Play): Promise<void> {
  const index = dice.below(gate.waiting());
  const call = gate.calls()[index]!;
  const isAway = call.what === 'D1' ? away.d1 : call.what !== 'upstream' && away.kv;
  await gate.release(index, isAway ? 'before' : cutOf(dice, call));
  // Stores go at any time, and above all when a submit has something to tell them.
  const isTold = call.what === 'upstream' || isPlacing(call);
  away.d1 = dice.next() < (away.d1 ? 0.9 : isTold ? 0.15 : 0.01);
  away.kv = dice.next() < (away.kv ? 0.9 : isTold ? 0.05 : 0.01);
}

/** Some calls are cut more often than others: the gate, the marks, and reads of what KV has not heard of yet. */
function cutOf({ next, pick }: Random, call: OutsideCall): Cut {
  const { what, text } = call;
  const chance = next();
  if (isPlacing(call) && chance < 0.2) {
    return 'after';
  }
  if (what === 'KV put' && text.startsWith('end:') && chance < 0.3) {
    return 'before';
  }
  if (what === 'KV get' && chance < 0.15) {
    return 'late';
  }
  // What comes before the gate is cut seldom, or few submits would get further.
  return chance > (isBeforeGate(text) ? 0.97 : 0.85)
    ? pick<Cut>(['before', 'before', 'after', 'after', 'die before', 'die after'])
    : 'none';
}

/** The gate, or the move to another account. */
function isPlacing({ text }: OutsideCall): boolean {
  return text.includes('INSERT INTO jobs') || text.includes('UPDATE jobs SET account_id');
}

function isBeforeGate(text: string): boolean {
  return (
    ['FROM keys', 'FROM models', 'FROM customer_prices'].some((from) => text.includes(from)) &&
    !text.includes('jobs')
  );
}

function newSeat({ world, gate, story }: Play): Seat {
  const isolate = watchedIsolate(world, { story, ...gate.keeper(() => {}) });
  return { isolate, isSubmitting: false };
}

/** RunComfy's own faults, accounts that die, jobs that it forgets, and what it says that they cost. */
function disturb({ world, dice, story, accounts }: Play): void {
  const { runcomfy } = world;
  runcomfy.clearFaults();
  if (dice.next() < 0.25) {
    runcomfy.fault({ on: 'submit', fault: dice.pick(SUBMIT_FAULTS), times: 1 });
    runcomfy.fault({
      on: dice.pick(['status', 'result', 'cancel']),
      fault: dice.pick(READ_FAULTS),
      times: 1,
    });
  }
  for (const { name: account } of accounts) {
    if (dice.next() < 0.4) {
      runcomfy.fault({ on: 'submit', account, fault: dice.pick(DEATHS) });
    }
  }
  const { jobs } = runcomfy.accepted();
  if (jobs.length > 0 && dice.next() < 0.15) {
    const job = dice.pick(jobs);
    if (dice.next() < 0.3) {
      runcomfy.forget(job.id);
    } else if (job.state === 'in_queue' || job.state === 'in_progress') {
      const cost = dice.pick(COSTS);
      story.costs.set(job.id, cost);
      runcomfy.finish(job.id, { as: 'succeeded', cost_usd: cost });
    }
  }
}

function act(play: Play, seat: Seat, step: number): void {
  const { dice, orders, known, seats, customers } = play;
  const twin = seats.find((other) => other !== seat)!;
  const choice = dice.next();
  if (choice < 0.4) {
    const order = newOrder(play, step, { customer: dice.pick(customers), key: newKey(play, step) });
    send(play, seat, order);
    if (order.key !== null && dice.next() < 0.4) {
      send(play, twin, order);
    }
  } else if (choice < 0.45) {
    // Two customers at once, and with the same key: what is one's is not the other's.
    const key = newKey(play, step);
    send(play, seat, newOrder(play, step, { customer: customers[0], key }));
    send(play, twin, newOrder(play, step, { customer: customers[1], key }));
  } else if (choice < 0.55 && orders.some(({ key }) => key !== null)) {
    send(play, seat, dice.pick(orders.filter(({ key }) => key !== null)));
  } else if (choice < 0.85 && known.length > 0) {
    poll(play, seat);
  } else {
    void seat.isolate.cron().catch(() => 0);
  }
}

/** At the same time somebody asks, or the cron runs. */
function actBeside(play: Play, seat: Seat): void {
  if (play.dice.next() < 0.5 && play.known.length > 0) {
    poll(play, seat);
  } else {
    void seat.isolate.cron().catch(() => 0);
  }
}

/** Keys live as long as their job: another schedule must not find them. */
function newKey({ dice }: Play, step: number): string | null {
  return dice.next() < 0.5 ? `order ${dice.below(2 ** 31)}-${step}` : null;
}

type Buyer = { customer: Customer; key: string | null };

function newOrder({ dice, orders, story }: Play, step: number, { customer, key }: Buyer): Order {
  const model = dice.pick([TEXT_TO_VIDEO, COST_MODEL]);
  const prompt = `step ${step} of ${customer.id}${dice.pick(WORDS)}`;
  const submit: Submit = { prompt, price: customer.prices[model]!, tries: [] };
  story.submits.push(submit);
  const order: Order = { submit, customer, model, key };
  orders.push(order);
  return order;
}

function send({ known }: Play, seat: Seat, { submit, customer, model, key }: Order): void {
  if (seat.isSubmitting) {
    return;
  }
  seat.isSubmitting = true;
  const { token } = customer;
  const headers: Record<string, string> = key === null ? {} : { 'Idempotency-Key': key };
  void seat.isolate.send(submit, { model, token, headers }).then((answer) => {
    seat.isSubmitting = false;
    if (answer !== null && answer.id !== null) {
      known.push({ id: answer.id, token });
    }
    return null;
  });
}

function poll({ dice, known }: Play, { isolate }: Seat): void {
  const { id, token } = dice.pick(known);
  const ask = dice.pick([
    isolate.status,
    isolate.result,
    isolate.cancel,
    (key: string, job: string) =>
      isolate.call(`/v1/requests/${job}/result?include_cost=true`, { token: key }),
  ]);
  void ask(token, id);
}

async function heal({ world, gate, story }: Play): Promise<void> {
  world.runcomfy.clearFaults();
  while (gate.waiting() > 0) {
    await gate.release(0, 'none');
  }
  await world.idle();
  await passDeadlines(world, story);
}
