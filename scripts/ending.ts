// Ends `npm start` on Ctrl-C, on SIGTERM and when the terminal closes. Everything that it started ends first.

import { say } from './terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** workerd stops within a second. A process that hangs longer is killed on exit. */
const PATIENCE_MS = 5_000;

let end: () => Promise<unknown>;
let ending = false;

/** True during shutdown, when errors are expected and not reported. */
export function isEnding(): boolean {
  return ending;
}

/**
 * Sets the function that stops everything. Removes other handlers: Miniflare's would end the process before workerd has
 * written its last rows. Our handler stays registered, because a pending signal would be lost with it.
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

/** Called twice when npm forwards Ctrl-C. */
function stop(): void {
  if (ending) {
    return;
  }
  ending = true;
  say('\nStopping.');
  setTimeout(() => process.exit(0), PATIENCE_MS);
  void end().finally(() => process.exit(0));
}
