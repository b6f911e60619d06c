// Controls the simulation from outside, for a test or a person: lists the jobs that RunComfy really got, plans faults, changes
// settings, and ends jobs at once. The control API calls these functions.
import { z } from 'zod';
import { model, type ModelEntry } from './catalogue/model.ts';
import { planned, type FaultRule, type PlannedFault } from './fault.ts';
import type { End, Job } from './job.ts';
import {
  initialModels,
  initialSettings,
  noCalls,
  progressNow,
  saveJob,
  type Calls,
  type Simulation,
} from './simulation.ts';
import { Settings } from './settings.ts';

export const Finish = z.strictObject({
  as: z.enum(['succeeded', 'failed', 'cancelled']),
  error: z.unknown().optional(),
  /** The cost on /result, whatever it is. null: none; absent: the price of the job. */
  cost_usd: z.unknown().optional(),
  output: z.unknown().optional(),
});
export type Finish = z.infer<typeof Finish>;

/** New members of an entry; a model that does not exist yet starts as an empty one. */
export const ModelChange = z.looseObject({ model_id: z.string() });
export type ModelChange = z.infer<typeof ModelChange>;

const anyEntry = z.custom<ModelEntry>();

export const SettingsChange = Settings.partial();
export type SettingsChange = z.infer<typeof SettingsChange>;

type AcceptedJob = {
  id: string;
  model_id: string;
  body: Record<string, unknown>;
  state: 'in_queue' | 'in_progress' | End['as'];
  account: string;
  price_usd: number;
  forgotten: boolean;
  created_at: string;
};

export type Control = {
  accepted(): { count: number; jobs: AcceptedJob[] };
  calls(): Calls;
  resetCalls(): void;
  faults(): PlannedFault[];
  fault(rule: FaultRule): void;
  clearFaults(): void;
  settings(change?: SettingsChange): Settings;
  finish(id: string, finish: Finish): void;
  forget(id: string): void;
  /** Adds a model to the catalogue or changes one; null removes a member. */
  putModel(change: ModelChange): void;
  /** Removes a model from the catalogue. */
  removeModel(id: string): void;
  reset(): void;
};

export function controlOf(sim: Simulation): Control {
  return {
    accepted: () => ({ count: sim.jobs.size, jobs: [...sim.jobs.values()].map((job) => shown(sim, job)) }),
    calls: () => structuredClone(sim.calls),
    resetCalls() {
      sim.calls = noCalls();
    },
    faults: () => structuredClone(sim.rules),
    fault(rule) {
      sim.rules.push(planned(rule, sim.options.now()));
    },
    clearFaults() {
      sim.rules = [];
    },
    settings: (change = {}) => changeSettings(sim, change),
    finish(id, { as, cost_usd, ...rest }) {
      const cost = cost_usd === undefined ? {} : { costUsd: cost_usd };
      saveJob(sim, { ...jobOf(sim, id), end: { as, atMs: sim.options.now(), ...rest, ...cost } });
    },
    forget(id) {
      saveJob(sim, { ...jobOf(sim, id), forgotten: true });
    },
    putModel: (change) => putModel(sim, change),
    removeModel(id) {
      sim.models.delete(id);
    },
    reset() {
      sim.models = initialModels();
      sim.jobs.clear();
      sim.options.store?.clear();
      sim.rules = [];
      sim.calls = noCalls();
      sim.settings = initialSettings(sim.options);
    },
  };
}

function putModel(sim: Simulation, { model_id: id, ...change }: ModelChange): void {
  const blank = model({
    id,
    name: id,
    description: '',
    category: 'text-to-image',
    output: 'images',
    required: [],
    properties: {},
  });
  const { entry, output } = sim.models.get(id) ?? blank;
  const members = Object.entries({ ...entry, ...change }).filter(([, member]) => member !== null);
  // Not checked, so that a test can make RunComfy answer anything.
  sim.models.set(id, { entry: anyEntry.parse(Object.fromEntries(members)), output });
}

/** Jobs that have ended keep their end; the new times apply to the others. */
function changeSettings(sim: Simulation, change: SettingsChange): Settings {
  const settings = Settings.parse({ ...sim.settings, ...change });
  for (const job of sim.jobs.values()) {
    const progress = progressNow(sim, job);
    if ('end' in progress && !job.end) {
      saveJob(sim, { ...job, end: progress.end });
    }
  }
  sim.settings = settings;
  return structuredClone(settings);
}

function jobOf(sim: Simulation, id: string): Job {
  const job = sim.jobs.get(id);
  if (!job) {
    throw new RangeError(`The simulator has no job ${id}`);
  }
  return job;
}

function shown(sim: Simulation, job: Job): AcceptedJob {
  return {
    id: job.id,
    model_id: job.modelId,
    body: job.body,
    state: progressNow(sim, job).state,
    account: job.account,
    price_usd: job.priceUsd,
    forgotten: job.forgotten,
    created_at: new Date(job.createdAtMs).toISOString(),
  };
}
