// One random schedule: what customers, two isolates and the cron do, where they are cut and when they die. All of it
// hangs on the seed.

import type { Fault } from '../../simulator/fault.ts';
import { fragileIsolate, type Cut, type Fragile } from './fragile.ts';
import { passDeadlines, watch } from './healing.ts';
import { randomOf, withSeededIds, type Random } from './random.ts';
import { COST_MODEL, type Customer, type Shop } from './shop.ts';
import { turnstile, type Turnstile } from './turnstile.ts';
import { newStory, WEEKS, type Story, type Submit } from './verdict.ts';
import { TEXT_TO_VIDEO, type Reply } from './world.ts';

const STEPS = 12;
const MINUTE = 60_000;
type Order = { submit: Submit; customer: Customer; model: string; key: string | null };
/** `pricing`: a submit here has not come to the gate yet; until then the clock stands, so that its row tells of it. */
type Seat = { isolate: Fragile; isSubmitting: boolean; isPricing: boolean };
type Play = Shop & {
  dice: Random;
  gate: Turnstile;
  seats: Seat[];
  story: Story;
  orders: Order[];
  known: { id: string; token: string }[];
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
    const story = newStory(costDelayMs);
    const play: Play = { ...shop, dice, gate: turnstile(), seats: [], story, orders: [], known: [] };
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
  act(play, dice.pick(seats), step);
  if (dice.next() < 0.3) {
    actBeside(play, dice.pick(seats));
  }
  await gate.rest();
  while (gate.waiting() > 0 && (seats.some((seat) => seat.isPricing) || dice.next() < 0.93)) {
    await gate.release(dice.below(gate.waiting()), cutOf(dice));
  }
  // Each step has an instant of its own; now and then a reservation grows stale meanwhile.
  world.clock.advance(1 + dice.below(dice.next() < 0.1 ? 7 * MINUTE : 1.5 * MINUTE));
}

function cutOf({ next, pick }: Random): Cut {
  return next() < 0.15
    ? pick<Cut>(['before', 'before', 'after', 'after', 'die before', 'die after'])
    : 'none';
}

function newSeat(play: Play): Seat {
  const { gate, story } = play;
  const keeper = gate.keeper((call) => {
    if (call.text.includes('INSERT INTO jobs')) {
      seat.isPricing = false;
    }
  });
  const { ask, done } = keeper;
  const watcher = watch(story);
  const isolate = fragileIsolate(play.world, {
    ask,
    read: watcher.read,
    done(call, tookEffect) {
      done(call);
      watcher.done(call, tookEffect);
    },
  });
  const seat: Seat = { isolate, isSubmitting: false, isPricing: false };
  return seat;
}

/** RunComfy's own faults, jobs that it forgets, and what it says that they cost. */
function disturb({ world, dice, story }: Play): void {
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
  const { dice, orders, known, seats } = play;
  const choice = dice.next();
  if (choice < 0.4) {
    const order = newOrder(play, step);
    send(play, seat, order);
    const twin = seats.find((other) => other !== seat);
    if (order.key !== null && twin !== undefined && dice.next() < 0.4) {
      send(play, twin, order);
    }
  } else if (choice < 0.5 && orders.some(({ key }) => key !== null)) {
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

function newOrder({ dice, customers, orders, story }: Play, step: number): Order {
  const customer = dice.pick(customers);
  const model = dice.pick([TEXT_TO_VIDEO, COST_MODEL]);
  const prompt = `step ${step}${dice.pick(WORDS)}`;
  const submit: Submit = { prompt, price: customer.prices[model]!, atMs: [], replies: [] };
  story.submits.push(submit);
  // Keys live as long as their job: another schedule must not find them.
  const key = dice.next() < 0.5 ? `order ${dice.below(2 ** 31)}-${step}` : null;
  const order: Order = { submit, customer, model, key };
  orders.push(order);
  return order;
}

function send({ world, known }: Play, seat: Seat, { submit, customer, model, key }: Order): void {
  if (seat.isSubmitting) {
    return;
  }
  seat.isSubmitting = true;
  seat.isPricing = true;
  submit.atMs.push(world.clock.now());
  const { token } = customer;
  const headers = key === null ? {} : { 'Idempotency-Key': key };
  const body = { prompt: submit.prompt };
  const hear = (reply: Reply) => {
    seat.isSubmitting = false;
    seat.isPricing = false;
    const id = reply.body.request_id;
    // A dead isolate answers nobody.
    if (typeof id === 'string' && !seat.isolate.isDead()) {
      known.push({ id, token });
      submit.replies.push({ status: reply.status, id });
    }
    return null;
  };
  void seat.isolate.call(`/v1/models/${model}`, { method: 'POST', token, body, headers }).then(hear);
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
