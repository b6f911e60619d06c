// Serves every call of the API: counts it, wraps it in the faults that strike, checks the token, then handles it.
import { REFUSALS, refuse } from './answers.ts';
import { takeAllFaults, takeFault, type Endpoint, type Fault, type PlannedFault } from './fault.ts';
import { PERFORM, type Plan, type Proceed } from './perform.ts';
import { MAIN, type Simulation } from './simulation.ts';

export type Incoming = { endpoint: Endpoint; request: Request; promptFaults?: PlannedFault[] };
export type Authorised = { account: string; plan: Plan };

export async function serve(
  sim: Simulation,
  incoming: Incoming,
  handle: (authorised: Authorised) => Response,
): Promise<Response> {
  const { endpoint, request } = incoming;
  record(sim, incoming);
  const account = accountOf(sim, request);
  const plan: Plan = {};
  const call = { sim, request, endpoint, plan };
  async function real(): Promise<Response> {
    return account === undefined
      ? refuse(REFUSALS.badToken, { status: sim.settings.bad_token_status })
      : handle({ account, plan });
  }
  const proceed = faultsFor(sim, incoming, account).reduceRight<Proceed>(
    (inner, fault) => () => PERFORM[fault.kind](fault, call, inner),
    real,
  );
  return proceed();
}

function faultsFor(
  sim: Simulation,
  { endpoint, promptFaults }: Incoming,
  account: string | undefined,
): Fault[] {
  const call = { endpoint, nowMs: sim.options.now(), account };
  const queued = takeFault(sim.rules, call);
  const prompted = takeAllFaults(promptFaults ?? [], call);
  return queued ? [queued, ...prompted] : prompted;
}

/** The name of the account with this token. */
function accountOf(sim: Simulation, request: Request): string | undefined {
  const token = /^Bearer (.+)$/i.exec(request.headers.get('Authorization') ?? '')?.[1];
  if (token === undefined) {
    return undefined;
  }
  if (token === sim.settings.token) {
    return MAIN;
  }
  return Object.entries(sim.settings.accounts).find(([, account]) => account.token === token)?.[0];
}

function record(sim: Simulation, { endpoint, request }: Incoming): void {
  sim.calls.counts[endpoint] += 1;
  sim.calls.last[endpoint] = {
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
  };
}
