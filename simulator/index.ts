// The simulator as a Worker of its own. One Durable Object holds the one RunComfy, so that all calls see the same
// state; its jobs are rows in the object's SQLite and survive a restart.
import { DurableObject } from 'cloudflare:workers';
import { createRunComfy, type RunComfy } from './runcomfy.ts';
import { wait } from './simulation.ts';
import { sqliteJobStore } from './sqlite-job-store.ts';

/** Time for the first bytes to leave before the break. */
const FLUSH_MS = 50;

type SimulatorEnv = { SIMULATOR: DurableObjectNamespace<RunComfySimulator> };

export class RunComfySimulator extends DurableObject<SimulatorEnv> {
  readonly #runComfy: RunComfy;

  constructor(state: DurableObjectState, env: SimulatorEnv) {
    super(state, env);
    this.#runComfy = createRunComfy({
      now: Date.now,
      store: sqliteJobStore(state.storage.sql),
      fetchInput: (url) => fetch(url),
    });
  }

  override async fetch(request: Request): Promise<Response> {
    try {
      return await this.#runComfy.fetch(request);
    } catch {
      return brokenResponse();
    }
  }
}

/** A Worker can't drop its client's connection; the nearest thing is an answer that breaks off in its body. */
function brokenResponse(): Response {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"request_id":')),
    async pull(controller) {
      await wait(FLUSH_MS);
      controller.error(new Error('connection cut'));
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'application/json' } });
}

export default {
  fetch: (request, env) => env.SIMULATOR.getByName('runcomfy').fetch(request),
} satisfies ExportedHandler<SimulatorEnv>;
