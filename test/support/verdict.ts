// The invariants of the books after every fault is over and every deadline has passed. It
// reads D1 without the gateway's own code and knows the prices by itself.

import { env } from 'cloudflare:workers';
import type { RunComfy } from '../../simulator/runcomfy.ts';

type Accepted = ReturnType<RunComfy['accepted']>['jobs'][number];

/** One submit of a customer, with all its retries: their prompt is the same, and no other submit's. */
export type Submit = { prompt: string; price: PriceRule; tries: Try[] };

/** One call of it. */
export type Try = {
  /** What it last asked the gate to write; the id of its job is among that. */
  gate: unknown[];
  posts: number;
  /** RunComfy's definite refusals that came through. */
  refusals: number;
  /** Null until it is heard; nobody hears a dead isolate. */
  answer: { status: number; id: string | null; code: string | null } | null;
  isDead: () => boolean;
};

export type PriceRule = { mode: 'estimate' | 'cost'; estimate: number; hold: number; markup: number };

/** Observations from outside during the run. */
export type Story = {
  submits: Submit[];
  accepted: Accepted[];
  /** Our ids of which KV took the upstream id. */
  copied: Set<string>;
  /** Our ids that were to be marked as ended, and whether KV took a mark. */
  marked: Map<string, boolean>;
  /** Upstream ids with a successful /result. */
  readSucceeded: Set<string>;
  /** The cost that RunComfy reports, if it differs from its price. */
  costs: Map<string, unknown>;
  costDelayMs: number;
  /** The names by which RunComfy knows the accounts. */
  accounts: Map<string, string>;
};

export function newStory(costDelayMs: number, accounts: { id: string; name: string }[]): Story {
  return {
    accounts: new Map([['acct_env', 'main'], ...accounts.map(({ id, name }) => [id, name] as const)]),
    submits: [],
    accepted: [],
    copied: new Set(),
    marked: new Map(),
    readSucceeded: new Set(),
    costs: new Map(),
    costDelayMs,
  };
}

export type Row = {
  id: string;
  customer_id: string;
  account_id: string;
  state: string;
  upstream_id: string | null;
  idempotency_key: string | null;
  charge_micros: number | null;
  hold_micros: number;
  cost_micros: number | null;
  cost_flag: string | null;
  created_at_ms: number;
  ended_at_ms: number | null;
  settled_at_ms: number | null;
  check_at_ms: number | null;
  holds: number | null;
  end_kind: string | null;
  end_micros: number | null;
};

export type Money = { id: string; held_micros: number; balance_micros: number };

/** Words in a prompt that make its job run for so long. */
export const WEEKS = '[sim:slow=900000000]';

const COST_WAIT_MS = 10 * 60_000;

export async function rowsSince(
  customers: string[],
  sinceMs: number,
): Promise<{ rows: Row[]; money: Money[] }> {
  const among = JSON.stringify(customers);
  const [rows, money] = await env.DB.batch<any>([
    env.DB.prepare(
      `SELECT j.*, h.micros AS holds, e.kind AS end_kind, e.micros AS end_micros FROM jobs j
       LEFT JOIN ledger h ON h.reference = j.id AND h.phase = 'hold'
       LEFT JOIN ledger e ON e.reference = j.id AND e.phase = 'end'
       WHERE j.customer_id IN (SELECT value FROM json_each(?1)) AND j.created_at_ms >= ?2`,
    ).bind(among, sinceMs),
    env.DB.prepare(
      'SELECT id, held_micros, balance_micros FROM customers WHERE id IN (SELECT value FROM json_each(?1))',
    ).bind(among),
  ]);
  return { rows: rows!.results, money: money!.results };
}

/** Each sentence is a broken promise. */
export function brokenPromises(story: Story, rows: Row[]): string[] {
  const gates = story.submits.flatMap(({ tries }) => tries.map(({ gate }) => gate));
  return [
    ...story.submits.flatMap((submit) => ofSubmit(story, submit, rows)),
    ...rows
      .filter((row) => !gates.some((gate) => gate.includes(row.id)))
      .map((row) => `${row.id} belongs to no submit`),
    ...rows.flatMap((row) => ofEnd(row)),
  ];
}

function ofSubmit(story: Story, { prompt, price, tries }: Submit, rows: Row[]): string[] {
  const jobs = story.accepted.filter(({ body }) => body['prompt'] === prompt);
  const mine = rows.filter((row) => tries.some(({ gate }) => gate.includes(row.id)));
  const live = mine.filter((row) => row.state !== 'refused');
  const told = [...new Set(tries.flatMap(({ answer }) => (answer?.status === 200 ? [answer.id] : [])))];
  const [job] = jobs;
  const [row] = live;
  const broken = [
    ...tries.flatMap((one) => ofAnswer(prompt, one)),
    ...unless(jobs.length <= 1, `"${prompt}" was accepted ${jobs.length} times`),
    ...unless(live.length <= 1, `"${prompt}" has ${live.length} rows`),
    ...unless(
      told.length === 0 || (told.length === 1 && told[0] === row?.id),
      `"${prompt}" got ${told.join()}`,
    ),
  ];
  if (row === undefined) {
    return [...broken, ...unless(job === undefined, `accepted ${job?.id} has no row`)];
  }
  if (job === undefined) {
    const one = tries.find(({ gate }) => gate.includes(row.id));
    const isLost = row.state === 'lost' && row.upstream_id === null;
    return [
      ...broken,
      ...unless(isLost, `${row.id} is ${row.state} and was never accepted`),
      ...unless(mayBeUnknown(story, row, one!), `${row.id} is lost, and it was known that nothing runs`),
    ];
  }
  const isKnown = row.upstream_id !== null || story.copied.has(row.id);
  const account = story.accounts.get(row.account_id);
  return [
    ...broken,
    ...unless(account === job.account, `${row.id} is at ${account}, and ${job.account} took it`),
    ...unless(!isKnown || row.upstream_id === job.id, `${row.id} has ${row.upstream_id}, not ${job.id}`),
    ...unless(isKnown || told.length === 0, `${row.id} was answered 200 and no store had its id`),
    ...ofOutcome(story, { job, row, isKnown }),
    ...(row.state === 'succeeded' ? ofCharge(story, { row, job, price }) : []),
  ];
}

/**
 * Whether nobody could tell what became of a job that RunComfy never took: its POST got no clear answer; the isolate
 * died on the way from the gate to its answer; or the submit tried to mark the job, and KV failed as D1 did.
 */
function mayBeUnknown({ marked }: Story, { id }: Row, one: Try): boolean {
  const isUnclear = one.posts > one.refusals;
  return isUnclear || (one.isDead() && one.answer === null) || marked.get(id) === false;
}

/** The answers after which a customer may believe that nothing runs, and send it again. */
const NOTHING_RUNS = new Set([401, 402, 403, 422, 429, 503]);

function ofAnswer(prompt: string, { answer, posts, refusals }: Try): string[] {
  const isWrong = answer !== null && NOTHING_RUNS.has(answer.status) && posts > refusals;
  return unless(!isWrong, `"${prompt}" was answered ${answer?.code}, and RunComfy may run it`);
}

type Outcome = { job: Accepted; row: Row; isKnown: boolean };

function ofOutcome(story: Story, { job, row, isKnown }: Outcome): string[] {
  const wanted = isKnown && !lastsTooLong(story, job) ? job.state : 'lost';
  const isRight = row.state === wanted || (job.forgotten && row.state === 'lost');
  return unless(isRight, `${row.id} is ${row.state}, not ${wanted} (forgotten: ${job.forgotten})`);
}

/** Longer than the week after which a running job is lost. */
function lastsTooLong({ costs }: Story, { id, state, body }: Accepted): boolean {
  return state !== 'cancelled' && !costs.has(id) && String(body['prompt']).includes(WEEKS);
}

function ofCharge(
  story: Story,
  { row, job, price }: { row: Row; job: Accepted; price: PriceRule },
): string[] {
  const reported = story.costs.has(job.id) ? story.costs.get(job.id) : job.price_usd;
  const cost = typeof reported === 'number' && reported >= 0 ? Math.round(reported * 1e6) : null;
  const byCost = Math.min(Math.round((cost ?? 0) * price.markup), price.hold);
  const charge = price.mode === 'cost' && row.cost_flag === null ? byCost : price.estimate;
  const waited = Number(row.settled_at_ms) - Number(row.ended_at_ms);
  const mayMiss = reported === null || job.forgotten || story.costDelayMs > 0;
  const flags: Record<string, boolean> = {
    none: cost !== null && row.cost_micros === cost,
    missing: mayMiss && row.cost_micros === null && (price.mode === 'estimate' || waited >= COST_WAIT_MS),
    invalid: cost === null && reported !== null,
  };
  return [
    ...unless(story.readSucceeded.has(job.id), `${row.id} is charged and nobody read its success`),
    ...unless(row.hold_micros === price.hold, `${row.id} holds ${row.hold_micros}, not ${price.hold}`),
    ...unless(row.charge_micros === charge, `${row.id} is charged ${row.charge_micros}, not ${charge}`),
    ...unless(
      flags[row.cost_flag ?? 'none'] === true,
      `${row.id} has cost ${row.cost_micros}, flag ${row.cost_flag}, where ${String(reported)} was reported`,
    ),
  ];
}

/** Nothing is open, only a success is charged, and the ledger says the same as the row. */
function ofEnd(row: Row): string[] {
  const { id, charge_micros: charge } = row;
  const isOver = row.settled_at_ms !== null && row.check_at_ms === null && charge !== null;
  const end = charge !== null && charge > 0 ? `charge ${charge}` : `release ${row.hold_micros}`;
  const isBound = row.idempotency_key !== null;
  return [
    ...unless(isOver, `${id} is open: ${row.state}`),
    ...unless(row.state !== 'refused' || !isBound, `${id} is refused and its key is not free`),
    ...unless(row.state === 'succeeded' || charge === 0, `${id} is ${row.state} and charged ${charge}`),
    ...unless(row.holds === row.hold_micros, `the hold of ${id} is ${row.holds}`),
    ...unless(
      `${row.end_kind} ${row.end_micros}` === end,
      `${id} ended with ${row.end_kind} ${row.end_micros}`,
    ),
  ];
}

function unless(isTrue: boolean, text: string): string[] {
  return isTrue ? [] : [text];
}
