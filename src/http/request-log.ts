// One line of the log for each request.

import type { Gateway } from '../compose.ts';
import type { RequestContext } from './context.ts';

/** One line represents this many successful polls. Every other request has its own line, and alarms are never sampled. */
const POLLS_A_LINE = 10;

export function requestLog({ log, clock }: Gateway): (context: RequestContext, status: number) => void {
  // A random start, so that isolates that answer few polls are represented correctly.
  let polls = Math.floor(Math.random() * POLLS_A_LINE);
  return ({ method, path, logged, arrivedAtMs }, status) => {
    const isPoll = status === 200 && method === 'GET' && path.startsWith('/v1/requests/');
    if (!isPoll || polls++ % POLLS_A_LINE === 0) {
      logged.status = status;
      logged.duration_ms = clock.now() - arrivedAtMs;
      if (isPoll) {
        logged.stands_for = POLLS_A_LINE;
      }
      log.info('request', logged);
    }
  };
}
