// POST /v1/models/{model_id}: checks the input against the model's schema, takes the price from the balance, and accepts the
// job.
import { z } from 'zod';
import { REFUSALS, refuse } from '../answers.ts';
import type { CatalogueModel } from '../catalogue/model.ts';
import { planned, type PlannedFault } from '../fault.ts';
import { inputError } from '../fetch-inputs.ts';
import type { Job } from '../job.ts';
import { priceOf } from '../price.ts';
import { faultsInPrompt } from '../prompt-words.ts';
import { breaches } from '../schema-check.ts';
import { serve, type Authorised } from '../serve.ts';
import { balanceOf, saveJob, urlsOf, type Simulation } from '../simulation.ts';

const Body = z.record(z.string(), z.unknown());
type Body = z.infer<typeof Body>;

const NOT_AN_OBJECT = { loc: ['body', 'input'], msg: 'the body must be a JSON object', type: 'object_type' };

export async function submit(sim: Simulation, request: Request, modelId: string): Promise<Response> {
  const text = await request.text();
  const body = readBody(text);
  const faults = faultsInPrompt(body ?? {}).map((rule) => planned(rule, sim.options.now()));
  const asked = sim.models.get(modelId);
  const unread = asked && body ? await inputError(sim, asked.entry.input_schema, body) : null;
  return serve(sim, { endpoint: 'submit', request, promptFaults: faults }, (authorised) => {
    const model = sim.models.get(modelId);
    if (!model) {
      return refuse(REFUSALS.unknownModel);
    }
    const detail = body ? breaches(body, model.entry.input_schema) : [NOT_AN_OBJECT];
    if (!body || detail.length > 0) {
      return refuse(REFUSALS.badInput, { detail });
    }
    const priceUsd = priceOf(model.entry, body);
    if (!pay(balanceOf(sim, authorised.account), priceUsd)) {
      return refuse(REFUSALS.noBalance, { status: sim.settings.no_balance_status });
    }
    const job = newJob(sim, { body, text, model, priceUsd, faults, authorised });
    saveJob(sim, unread === null ? job : { ...job, error: unread });
    return Response.json({ request_id: job.id, ...urlsOf(sim, request, job.id) });
  });
}

function readBody(text: string): Body | undefined {
  try {
    return Body.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** An accepted job takes its price at once and never returns it: the cost of a failed job is not documented. */
function pay(from: { balance_usd: number }, priceUsd: number): boolean {
  const left = Math.round((from.balance_usd - priceUsd) * 1e6) / 1e6;
  if (left < 0) {
    return false;
  }
  from.balance_usd = left;
  return true;
}

type Order = {
  body: Body;
  text: string;
  model: CatalogueModel;
  priceUsd: number;
  faults: PlannedFault[];
  authorised: Authorised;
};

function newJob(sim: Simulation, { body, text, model, priceUsd, faults, authorised }: Order): Job {
  return {
    id: crypto.randomUUID(),
    account: authorised.account,
    modelId: model.entry.model_id,
    body,
    bodyText: text,
    createdAtMs: sim.options.now(),
    priceUsd,
    forgotten: false,
    faults,
    ...authorised.plan,
  };
}
