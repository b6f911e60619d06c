// `npm run bench:sync`: prints the cost of a sync of 400 models in D1, as its test counts it, and of a page of the cron in
// CPU, without stores and network. The free plan gives a run 50 queries and 10 ms.

import { planPage, type SyncedRow } from '../src/features/catalogue-sync/sync-plan.ts';
import { hashSchema } from '../src/features/input-schema/schema-hash.ts';
import { parsePage } from '../src/features/runcomfy/catalogue.ts';
import { say } from '../scripts/terminal.ts';
import { measuredByTest } from './measured-by-test.ts';

const ROUNDS = 15;
/** Models on a page of the cron. */
const MODELS = 6;

const PROPERTIES = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [
    `input_${index}`,
    {
      type: index % 3 === 0 ? 'integer' : 'string',
      description:
        'What this input does to the picture, in two or three sentences as RunComfy writes them. '.repeat(2),
      ...(index % 3 === 0
        ? { minimum: 1, maximum: 100, default: 5 }
        : { enum: ['480p', '720p', '1080p', '4K'] }),
    },
  ]),
);

const BODY = JSON.stringify({
  total: MODELS,
  models: Array.from({ length: MODELS }, (_, index) => ({
    model_id: `shop/model-${index}/text-to-image`,
    display_name: `Model ${index}`,
    description: 'What the model is good at.',
    categories: ['text-to-image'],
    kind: 'model',
    base_price_usd: 0.04,
    price_unit: 'output',
    input_schema: { type: 'object', required: ['input_1'], properties: PROPERTIES },
  })),
});

/** CPU of this process in ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measure(run: () => Promise<void>): Promise<{ first: number; median: number }> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = cpuMs();
    await run();
    times.push(cpuMs() - before);
  }
  const [first = 0] = times;
  return { first, median: times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0 };
}

async function page() {
  const read = await parsePage({
    kind: 'answer',
    status: 200,
    body: JSON.parse(BODY),
    retryAfterSeconds: 10,
  });
  if (read.kind === 'failed') {
    throw new Error(read.reason);
  }
  return read.usable;
}

async function plan(rows: Map<string, SyncedRow>) {
  const entries = await page();
  const changed = entries.filter(({ id, hash }) => rows.get(id)?.entryHash !== hash);
  const hashes = new Map(
    await Promise.all(
      changed.map(async ({ id, inputSchema }) => [id, await hashSchema(inputSchema)] as const),
    ),
  );
  return planPage(entries, rows, { hashes, accepted: [] });
}

/** The test's own figures: from workerd, with D1's `meta`. */
const counted = measuredByTest('test/scenario/catalogue-sync.test.ts', '-t', '400 models');

say('400 models in D1');
say(`${''.padEnd(34)}${'statements'.padStart(12)}${'rows written'.padStart(14)}${'rows read'.padStart(12)}`);
for (const [name, { statements, written, read }] of Object.entries(counted)) {
  say(
    `${name.padEnd(34)}${String(statements).padStart(12)}${String(written).padStart(14)}${String(read).padStart(12)}`,
  );
}
say();

const known = new Map((await plan(new Map())).writes.map((row) => [row.id, row]));
const results = [
  ['reading and hashing a page', await measure(async () => void (await page()))],
  ['a page of which nothing is new', await measure(async () => void (await plan(known)))],
  ['a page of which all is new', await measure(async () => void (await plan(new Map())))],
] as const;
say(`${MODELS} models, ${(BODY.length / 1024).toFixed(0)} KiB of JSON; CPU in ms, ${ROUNDS} rounds`);
say(`${''.padEnd(34)}${'first'.padStart(8)}${'median'.padStart(8)}`);
for (const [name, { first, median }] of results) {
  say(`${name.padEnd(34)}${first.toFixed(1).padStart(8)}${median.toFixed(1).padStart(8)}`);
}
