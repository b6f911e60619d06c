// The Worker's door: one app per isolate, and the cron.

import { createApp } from './app.ts';
import { continueSync } from './features/catalogue-sync/sync.ts';
import { runCron } from './cron.ts';
import { compose, type Gateway } from './compose.ts';

type Isolate = { deps: Gateway; app: ReturnType<typeof createApp> };

/** As in wrangler.toml. A trigger of its own, so that catalogue and jobs do not share one run's limits. */
const SYNC_CRON = '*/2 * * * *';

let isolate: Isolate | undefined;

function isolateFor(env: Env): Isolate {
  if (isolate === undefined) {
    const deps = compose(env);
    isolate = { deps, app: createApp(deps) };
  }
  return isolate;
}

export default {
  fetch: (request, env, ctx) => isolateFor(env).app.fetch(request, env, ctx),
  async scheduled({ cron }, env) {
    const { deps } = isolateFor(env);
    await (cron === SYNC_CRON ? continueSync(deps) : runCron(deps));
  },
} satisfies ExportedHandler<Env>;
