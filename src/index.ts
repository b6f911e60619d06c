// The entry point of the Worker: one app per isolate, and the cron.

import { createApp } from './app.ts';
import { compose, type Gateway } from './compose.ts';

type Isolate = { deps: Gateway; app: ReturnType<typeof createApp> };

let isolate: Isolate | undefined;

function isolateFor(env: Env): Isolate {
  if (isolate === undefined) {
    const deps = compose(env);
    isolate = { deps, app: createApp(deps) };
  }
  return isolate;
}

export default {
  fetch: (request, env) => isolateFor(env).app.fetch(request),
  async scheduled({ cron }, env) {
    // Imported here, so that a cold start for a customer does not load it.
    const { runTrigger } = await import('./cron.ts');
    await runTrigger(isolateFor(env).deps, cron);
  },
} satisfies ExportedHandler<Env>;
