// The time under load: clients on their schedule, and a watch on memory and progress.

import { step } from '../../scripts/terminal.ts';
import type { Stage } from '../stage.ts';
import type { Call } from './caller.ts';
import type { Clients } from './clients.ts';
import { openHeap } from './heap.ts';
import type { Kept } from './memory.ts';
import { progress } from './report.ts';
import { watch, type Second } from './watch.ts';

export type Plan = { perSecond: number; seconds: number; pollMs: number };

export type Played = {
  calls: Call[];
  /** The isolate, every ten seconds while it has calls to answer. */
  kept: Kept[];
  /** The process. */
  watched: Second[];
  /** Until the last call was answered. */
  tookSeconds: number;
  /** Cores that clients and upstream used: they run in this process. */
  ownCores: number;
};

const LOOK_MS = 10_000;

export async function play(stage: Stage, clients: Clients, plan: Plan): Promise<Played> {
  const { seconds: watched, stop } = watch(stage.pid);
  const before = process.cpuUsage();
  const startMs = performance.now();
  const over = clients.run(plan);
  const looking = look(stage, clients, { watched, over });
  await over;
  const tookSeconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(before);
  stop();
  return { ...(await looking), watched, tookSeconds, ownCores: (user + system) / 1e6 / tookSeconds };
}

/** Prints progress every ten seconds, and takes the last calls at the end. */
async function look(
  stage: Stage,
  { calls: answered, accepted, ends, errors }: Clients,
  { watched, over }: { watched: Second[]; over: Promise<void> },
): Promise<{ calls: Call[]; kept: Kept[] }> {
  const heap = await openHeap(stage);
  const calls: Call[] = [];
  const kept: Kept[] = [];
  const startMs = performance.now();
  for (let isOver = false; ;) {
    const keptMiB = await heap.keptMiB();
    const atSeconds = (performance.now() - startMs) / 1000;
    const fresh = answered.splice(0);
    calls.push(...fresh);
    const last = kept.at(-1);
    if (last !== undefined) {
      const now = { open: accepted.length - ends.size, errors: errors.length, keptMiB, last: watched.at(-1) };
      step(progress(fresh, atSeconds - last.atSeconds, now));
    }
    if (isOver) {
      heap.close();
      return { calls, kept };
    }
    kept.push({ atSeconds, keptMiB, jobs: accepted.length });
    isOver = await Promise.race([over.then(() => true), sleep(LOOK_MS).then(() => false)]);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
