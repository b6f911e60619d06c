// `npm run crashes`: plays random schedules with cuts in two processes, and names the seed of each schedule that breaks a
// guarantee. With --cuts it also cuts each flow at each call in each way.

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { giveUp, Mistake, say, step } from './terminal.ts';

type Share = { seed: number; schedules: number; cuts: boolean };
type Outcome = { failed: Set<number>; isWell: boolean; lines: string[] };

const USAGE = 'Usage: npm run crashes -- [--schedules 2000] [--seed 0] [--cuts]';
const ROOT = resolve(import.meta.dirname, '..');
const VITEST = resolve(ROOT, 'node_modules/vitest/vitest.mjs');
const RUN = ['run', '--project', 'workerd', '--reporter', 'verbose', 'test/scenario/crashes.test.ts'];
const CUTS = 'test/scenario/cuts.test.ts';
const BATCH_DONE = /[✓×].*seeds (\d+) to (\d+)/;
const SEED_FAILED = /"?seed"?: (\d+)/;
const MOST_LINES = 60;

async function crashes(): Promise<void> {
  const { seed, schedules, cuts } = readOptions();
  const first = Math.ceil(schedules / 2);
  const shares = [
    { seed, schedules: first, cuts: false },
    { seed: seed + first, schedules: schedules - first, cuts },
  ].filter((share) => share.schedules > 0 || share.cuts);
  const done = { schedules: 0 };
  const outcomes = await Promise.all(
    shares.map((share) =>
      play(share, (batch) => {
        done.schedules += batch;
        step(`${done.schedules} of ${schedules} schedules`);
      }),
    ),
  );
  if (outcomes.every(({ isWell }) => isWell) && done.schedules === schedules) {
    say(`${schedules} schedules from seed ${seed}: every guarantee held`);
    return;
  }
  sayFailures(outcomes);
  process.exitCode = 1;
}

function sayFailures(outcomes: Outcome[]): void {
  for (const { lines } of outcomes.filter(({ isWell }) => !isWell)) {
    say(lines.slice(-MOST_LINES).join('\n'));
  }
  const failed = outcomes.flatMap((outcome) => [...outcome.failed]);
  for (const seed of failed.toSorted((one, other) => one - other)) {
    say(`Seed ${seed} failed. Play it alone: npm run crashes -- --schedules 1 --seed ${seed}`);
  }
  if (failed.length === 0) {
    say('No single schedule failed. See the output of the tests above.');
  }
}

/** Runs one vitest with its own workerd. */
function play(share: Share, onBatch: (schedules: number) => void): Promise<Outcome> {
  const env = {
    ...process.env,
    CRASH_SEED: String(share.seed),
    CRASH_SCHEDULES: String(share.schedules),
    CRASH_CUTS: 'all',
  };
  const child = spawn(process.execPath, [VITEST, ...RUN, ...(share.cuts ? [CUTS] : [])], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const outcome: Outcome = { failed: new Set(), isWell: false, lines: [] };
  const hear = (line: string) => {
    const text = stripVTControlCharacters(line);
    const [, from, to] = BATCH_DONE.exec(text) ?? [];
    const [, failed] = SEED_FAILED.exec(text) ?? [];
    if (from !== undefined && text.includes('✓')) {
      onBatch(Number(to) - Number(from) + 1);
    } else if (text.trim() !== '') {
      outcome.lines.push(text);
    }
    if (failed !== undefined) {
      outcome.failed.add(Number(failed));
    }
  };
  createInterface(child.stdout).on('line', hear);
  createInterface(child.stderr).on('line', hear);
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => done({ ...outcome, isWell: code === 0 }));
  });
}

function readOptions(): Share {
  const { schedules, seed, cuts } = parse();
  return {
    schedules: wholeNumber('--schedules', schedules, 1),
    seed: wholeNumber('--seed', seed, 0),
    cuts,
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > 1_000_000_000) {
    throw new Mistake(
      `${name} must be a whole number from ${least} to 1000000000, not ${JSON.stringify(text)}. ${USAGE}`,
    );
  }
  return number;
}

function parse(): { schedules: string; seed: string; cuts: boolean } {
  try {
    const options = {
      schedules: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '0' },
      cuts: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Mistake(`${error instanceof Error ? error.message : String(error)} ${USAGE}`);
  }
}

crashes().catch(giveUp);
