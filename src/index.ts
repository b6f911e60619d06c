// The Worker's door: one app per isolate, and the cron.

import { createApp } from './app.ts';
import { createDeps, type Deps } from './deps.ts';
import { reconcile } from './jobs/reconcile.ts';

type Isolate = { deps: Deps; app: ReturnType<typeof createApp> };

let isolate: Isolate | undefined;

function isolateFor(env: Env): Isolate {
  if (isolate === undefined) {
    const deps = createDeps(env);
    isolate = { deps, app: createApp(deps) };
  }
  return isolate;
}

export default {
  fetch: (request, env, ctx) => isolateFor(env).app.fetch(request, env, ctx),
  async scheduled(_controller, env) {
    await reconcile(isolateFor(env).deps);
  },
} satisfies ExportedHandler<Env>;
