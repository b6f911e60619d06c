// The Worker's door: one app per isolate, and the cron.

import { createApp } from './app.ts';
import { runCron } from './cron.ts';
import { createDeps, type Deps } from './deps.ts';

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
    await runCron(isolateFor(env).deps);
  },
} satisfies ExportedHandler<Env>;
