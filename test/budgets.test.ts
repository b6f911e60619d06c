// The cost of each path, as counts that are the same on every machine: D1, KV, RunComfy. bench/budgets.json holds them;
// whatever changes one has to change it there too.

import { beforeAll, test } from 'vitest';
import budgets from '../bench/budgets.json';
import { fillBooks, openStage, PATHS, play } from './support/paths.ts';
import { countsOf, type Counts, type NotedCall } from './support/recorder.ts';

const FILE = 'bench/budgets.json';

beforeAll(fillBooks);

async function callsOf(name: string): Promise<NotedCall[]> {
  const path = PATHS[name];
  if (path === undefined) {
    throw new Error(`There is no path "${name}".`);
  }
  const stage = await openStage();
  const given = await play(stage, path);
  if (given !== path.gives) {
    throw new Error(`${name}: gave ${given}, not ${path.gives}.`);
  }
  return stage.gate.calls;
}

/** A sentence for each count that differs from the file. */
function differences(measured: Record<string, Counts>, written: Record<string, Counts>): string[] {
  const gone = Object.keys(written).filter((name) => !(name in measured));
  return [
    ...gone.map((name) => `${name}: there is no such path any more. Take it out of ${FILE}.`),
    ...Object.entries(measured).flatMap(([name, counts]) => {
      const before = written[name];
      return before === undefined
        ? [`${name}: is not in ${FILE}. Write it there: ${JSON.stringify(counts)}`]
        : changed(name, before, counts);
    }),
  ];
}

function changed(name: string, before: Counts, now: Counts): string[] {
  return (Object.keys(now) as (keyof Counts)[])
    .filter((count) => before[count] !== now[count])
    .map((count) => {
      const verb = now[count] > before[count] ? 'rose' : 'fell';
      return `${name}: ${count} ${verb} from ${before[count]} to ${now[count]}. If that is meant, write ${now[count]} into ${FILE}.`;
    });
}

test('each path costs exactly what its budget says', async ({ task }) => {
  const measured: Record<string, Counts> = {};
  for (const name of Object.keys(PATHS)) {
    measured[name] = countsOf(await callsOf(name));
  }
  Object.assign(task.meta, { measured });
  const found = differences(measured, budgets.paths);
  if (found.length > 0) {
    throw new Error([...found, 'All at once: npm run budgets'].join('\n'));
  }
});

// The tests below are promises, independent of current measurements.

const inOrder = async (name: string) => (await callsOf(name)).map(({ what }) => what);
const withoutKv = async (name: string) => (await inOrder(name)).filter((what) => !what.startsWith('KV'));

test('a warm status poll reads no D1 and KV once, or no KV for a job that this isolate has seen', async ({
  expect,
}) => {
  expect(await inOrder('status, owner in KV')).toEqual(['KV get', 'upstream']);
  expect(await inOrder('status')).toEqual(['upstream']);
  expect(await inOrder('status, account of the vault')).toEqual(['upstream']);
});

test('a submit makes one D1 batch before the call to RunComfy and one after it', async ({ expect }) => {
  expect(await withoutKv('submit')).toEqual(['D1', 'upstream', 'D1']);
  // Key, model and own price come in one; the last one notes behind the answer that the key was used.
  expect(await withoutKv('submit, cold isolate')).toEqual(['D1', 'D1', 'upstream', 'D1', 'D1']);
  // Each of the two adds one read.
  expect(await withoutKv('submit with Idempotency-Key')).toEqual(['D1', 'D1', 'upstream', 'D1']);
  expect(await withoutKv('submit with media')).toEqual(['D1', 'media', 'D1', 'upstream', 'D1']);
  for (const name of ['submit with Idempotency-Key', 'submit with media']) {
    const [read] = await callsOf(name);
    expect(read).toMatchObject({ what: 'D1', rowsWritten: 0 });
  }
});

test('a garbage key and a malformed id touch no store', async ({ expect }) => {
  expect(await inOrder('garbage key')).toEqual([]);
  expect(await inOrder('malformed id')).toEqual([]);
});

test.for([
  'submit over quota',
  'submit with bad input',
  'garbage key',
  'unknown key',
  'unknown key, second time',
  'malformed id',
  'missing id',
  'missing id, second time',
  'foreign id',
])('RunComfy never hears of what is refused: %s', async (name, { expect }) => {
  const { upstreamCalls, mediaCalls, rowsWritten } = countsOf(await callsOf(name));
  expect({ upstreamCalls, mediaCalls, rowsWritten }).toEqual({
    upstreamCalls: 0,
    mediaCalls: 0,
    rowsWritten: 0,
  });
});
