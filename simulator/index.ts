// The simulator as a Worker. One Durable Object holds the simulated RunComfy, so that all calls share its state. Its jobs
// are rows in the object's SQLite and survive a restart.
import { DurableObject } from 'cloudflare:workers';
import { createRunComfy, type RunComfy } from './runcomfy.ts';
import { wait } from './simulation.ts';
import { sqliteJobStore } from './sqlite-job-store.ts';

/** The time for the first bytes to leave before the cut. */
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
      return cutResponse();
    }
  }
}

/** A Worker cannot drop its client's connection, so the answer breaks off in its body. */
function cutResponse(): Response {
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
