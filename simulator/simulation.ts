// The state of one simulated RunComfy: jobs, planned faults, counts of calls, settings. It is in memory; with a store, jobs
// are also written there and survive a restart.
import type { CatalogueModel } from './catalogue/model.ts';
import { MODELS } from './catalogue/models.ts';
import type { Endpoint, PlannedFault } from './fault.ts';
import { progressOf, type Job, type Progress } from './job.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';

type Delay = (ms: number, signal?: AbortSignal) => Promise<void>;

export type JobStore = {
  load(): Iterable<Job>;
  save(job: Job): void;
  clear(): void;
};

export type RunComfyOptions = {
  now: () => number;
  token?: string;
  /** The origin of status_url, result_url, cancel_url and files; absent: that of the request. */
  baseUrl?: string;
  delay?: Delay;
  store?: JobStore;
  /** Fetches the files that jobs name; absent: none is fetched. */
  fetchInput?: (url: string) => Promise<Response>;
};

type LastCall = { method: string; url: string; headers: Record<string, string> };

export type Calls = { counts: Record<Endpoint, number>; last: Partial<Record<Endpoint, LastCall>> };

export type Simulation = {
  readonly options: RunComfyOptions;
  readonly delay: Delay;
  readonly jobs: Map<string, Job>;
  rules: PlannedFault[];
  calls: Calls;
  settings: Settings;
  /** By id, in the order of the lists. */
  models: Map<string, CatalogueModel>;
};

/** The account with the `token` and the `balance_usd` at the top of the settings. */
export const MAIN = 'main';

export function newSimulation(options: RunComfyOptions): Simulation {
  const jobs = [...(options.store?.load() ?? [])].map((job) => [job.id, job] as const);
  return {
    options,
    delay: options.delay ?? wait,
    jobs: new Map(jobs),
    rules: [],
    calls: noCalls(),
    settings: initialSettings(options),
    models: initialModels(),
  };
}

export function initialModels(): Map<string, CatalogueModel> {
  return new Map(MODELS.map((model) => [model.entry.model_id, model]));
}

export function initialSettings(options: RunComfyOptions): Settings {
  return { ...DEFAULT_SETTINGS, accounts: {}, token: options.token ?? DEFAULT_SETTINGS.token };
}

export function noCalls(): Calls {
  return { counts: { submit: 0, status: 0, result: 0, cancel: 0, models: 0, balance: 0 }, last: {} };
}

/** The object that holds an account's balance, to read and to lower it. */
export function balanceOf({ settings }: Simulation, account: string): { balance_usd: number } {
  return settings.accounts[account] ?? settings;
}

export function saveJob(sim: Simulation, job: Job): void {
  sim.jobs.set(job.id, job);
  sim.options.store?.save(job);
}

export function progressNow(sim: Simulation, job: Job): Progress {
  return progressOf(job, sim.settings, sim.options.now());
}

export function originFor(sim: Simulation, request: Request): string {
  return sim.options.baseUrl ?? new URL(request.url).origin;
}

export function urlsOf(sim: Simulation, request: Request, id: string) {
  const base = `${originFor(sim, request)}/v1/requests/${id}`;
  return { status_url: `${base}/status`, result_url: `${base}/result`, cancel_url: `${base}/cancel` };
}

/** Rejects with the caller's reason if the caller aborts first. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
