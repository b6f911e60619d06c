// The cron of a load: fired by the clock, as on Cloudflare, whether or not the last run is over.

import { runCron } from '../run-cron.ts';
import type { Stage } from '../stage.ts';

export type Cron = {
  start: () => void;
  /** Fires no more, and waits for the runs under way. */
  stop: () => Promise<void>;
  runsMs: number[];
  errors: string[];
};

export function createCron(stage: Stage, everyMs: number): Cron {
  const runs: Promise<void>[] = [];
  const runsMs: number[] = [];
  const errors: string[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function run(): Promise<void> {
    const startMs = performance.now();
    try {
      await runCron(stage);
      runsMs.push(performance.now() - startMs);
    } catch (error) {
      errors.push(`cron: ${String(error)}`);
    }
  }

  return {
    start() {
      timer = setInterval(() => runs.push(run()), everyMs);
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(runs);
    },
    runsMs,
    errors,
  };
}
