// How a start ends: on Ctrl-C, on SIGTERM and when its terminal is closed, everything that it started ends first.

import { say } from './terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** workerd answers within a second; what hangs longer is killed on exit. */
const PATIENCE_MS = 5_000;

let ending = false;

/** From now on an error is only the sound of things being torn down. */
export function isEnding(): boolean {
  return ending;
}

/** Replaces every handler there is: those of Miniflare would end the process before workerd has written its last rows. */
export function endOnSignal(end: () => Promise<unknown>): void {
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal);
    // `on`, not `once`: npm passes Ctrl-C on, so it comes twice.
    process.on(signal, () => {
      if (ending) {
        return;
      }
      ending = true;
      say('\nStopping.');
      setTimeout(() => process.exit(0), PATIENCE_MS);
      void end().finally(() => process.exit(0));
    });
  }
}
