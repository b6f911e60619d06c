// How a start ends: on Ctrl-C, on SIGTERM and when its terminal is closed, everything that it started ends first.

import { say } from './terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** workerd answers within a second; what hangs longer is killed on exit. */
const PATIENCE_MS = 5_000;

let end: () => Promise<unknown>;
let ending = false;

/** From now on an error is only the sound of things being torn down. */
export function isEnding(): boolean {
  return ending;
}

/**
 * Says what is to be ended from now on. Handlers of others are taken away: Miniflare's would end the process before
 * workerd has written its last rows. Ours stays where it is, since a signal on its way is lost with its handler.
 */
export function endOnSignal(what: () => Promise<unknown>): void {
  end = what;
  for (const signal of SIGNALS) {
    for (const handler of process.listeners(signal)) {
      if (handler !== stop) {
        process.off(signal, handler);
      }
    }
    if (process.listenerCount(signal) === 0) {
      process.on(signal, stop);
    }
  }
}

/** Comes twice when npm passes Ctrl-C on. */
function stop(): void {
  if (ending) {
    return;
  }
  ending = true;
  say('\nStopping.');
  setTimeout(() => process.exit(0), PATIENCE_MS);
  void end().finally(() => process.exit(0));
}
