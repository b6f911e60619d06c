// Which calls docs/cost.md prices: what each is called in bench/budgets.json and docs/bench.json, and of which calls a
// whole job consists.

export type Call = {
  /** The path in bench/budgets.json. */
  path: string;
  /** The scenarios in docs/bench.json whose CPU it takes, all of them together. */
  cpu: string[];
  /** Paths whose counts are in those of `path`, and are not this call's. */
  without?: string[];
  /** So many alike share what is left; 1 if absent. */
  of?: number;
  /** Lines that it writes into the log, on average; null: it is no invocation of its own. */
  lines: number | null;
};

/** Of polls that went well one in ten leaves a line (src/app.ts). */
const POLL_LINES = 0.1;

/** By the names that the page gives them. */
export const CALLS = {
  submit: { path: 'submit', cpu: ['submit'], lines: 1 },
  'status poll, owner known': { path: 'status', cpu: ['status poll, owner remembered'], lines: POLL_LINES },
  'status poll, owner from KV': {
    path: 'status, owner in KV',
    cpu: ['status poll, owner from KV'],
    lines: POLL_LINES,
  },
  'status poll, from memory': {
    path: 'status, asked again within a second',
    cpu: ['status poll within a second'],
    lines: POLL_LINES,
  },
  'status poll, after the end': {
    path: 'status after the end',
    cpu: ['status of an ended job'],
    lines: POLL_LINES,
  },
  // It asks RunComfy twice and ends with a batch: no more than a status poll and a submit together.
  'status poll, learns the end': {
    path: 'status that learns the end',
    cpu: ['status poll, owner remembered', 'submit'],
    lines: 1 + POLL_LINES,
  },
  'result poll, job running': { path: 'result', cpu: ['result of a running job'], lines: POLL_LINES },
  'result poll, learns the end': {
    path: 'result that learns the end',
    cpu: ['result of a running job', 'submit'],
    lines: 1 + POLL_LINES,
  },
  'result, after the end': {
    path: 'result after the end',
    cpu: ['result of an ended job'],
    lines: POLL_LINES,
  },
  'cron, nothing due': { path: 'cron, nothing due', cpu: ['result of a running job'], lines: 0 },
  // One job more in a run of the cron that happens anyway: it is claimed and RunComfy asked, and what ended is booked.
  'cron, looks at a job': {
    path: 'cron, 50 jobs that run on',
    without: ['cron, nothing due'],
    of: 50,
    cpu: ['result of a running job'],
    lines: null,
  },
  'cron, settles a job': {
    path: 'cron, 50 jobs settled',
    without: ['cron, nothing due'],
    of: 50,
    cpu: ['result of a running job'],
    lines: null,
  },
} satisfies Record<string, Call>;

export type CallName = keyof typeof CALLS;

/** The calls that get a column of their own, with its heading. */
export const PRICED: { call: CallName; heading: string }[] = [
  { call: 'submit', heading: 'submit' },
  { call: 'status poll, owner known', heading: 'poll' },
  { call: 'status poll, owner from KV', heading: 'from KV' },
  { call: 'status poll, from memory', heading: 'from memory' },
  { call: 'status poll, after the end', heading: 'after the end' },
];

export type JobKind = { name: string; short: string; about: string; calls: [CallName, number][] };

/**
 * A job takes two minutes at RunComfy. One poll comes to an isolate that has not seen it. The cron looks at it once, and
 * a second time if its first run came within a minute: one job in four.
 */
export const JOBS: JobKind[] = [
  {
    name: 'RunComfy’s CLI',
    short: 'CLI jobs',
    about: '`/status` every 2 s, 60 times, then one `/result`',
    calls: [
      ['submit', 1],
      ['status poll, owner from KV', 1],
      ['status poll, owner known', 58],
      ['status poll, learns the end', 1],
      ['result, after the end', 1],
      ['cron, looks at a job', 1.25],
    ],
  },
  {
    name: 'RunComfy’s ComfyUI nodes',
    short: 'node jobs',
    about: '`/result` every 5 s, 24 times',
    calls: [
      ['submit', 1],
      ['status poll, owner from KV', 1],
      ['result poll, job running', 22],
      ['result poll, learns the end', 1],
      ['cron, looks at a job', 1.25],
    ],
  },
];

/** The triggers of wrangler.toml, by the day. */
export const CRON_RUNS_A_DAY = 1_440;
export const SYNC_RUNS_A_DAY = 720;

/**
 * The catalogue sync walks 400 models of which nothing is new once an hour, in 13 pages and an end; its other runs find
 * nothing due. Rows as `npm run bench:sync` counts them; CPU at the free plan's limit for a run, which it keeps to.
 */
export const SYNC_A_DAY = {
  rowsRead: 24 * (13 * 100 + 2_047) + (SYNC_RUNS_A_DAY - 24 * 14) * 3,
  rowsWritten: 24 * (13 * 7 + 8),
  cpuMs: SYNC_RUNS_A_DAY * 10,
};
