// Performs faults. A fault wraps the real handling of a call: it may proceed to it, change the plan of a submitted job, alter
// or replace the answer, or cut the connection.
import { z } from 'zod';
import { REFUSALS, refuse } from './answers.ts';
import type { Fault, FaultKind } from './fault.ts';
import type { Job } from './job.ts';
import { wait, type Simulation } from './simulation.ts';

export type Plan = Partial<Pick<Job, 'error' | 'runMs' | 'forgotten'>>;
type Call = { sim: Simulation; request: Request; endpoint: string; plan: Plan };
export type Proceed = () => Promise<Response>;
type Performer = (fault: Fault, call: Call, proceed: Proceed) => Promise<Response>;

/** Longer than any caller waits. It is a timer, because a runtime may cancel a call that waits for nothing. */
const SILENCE_MS = 600_000;

/** The pages of the load balancer in front of RunComfy. */
const PAGES: Record<number, string> = { 503: '503 Service Unavailable', 504: '504 Gateway Time-out' };

export const PERFORM: Record<FaultKind, Performer> = {
  async delay(fault, call, proceed) {
    await call.sim.delay(fault.ms ?? 3000, call.request.signal);
    return proceed();
  },
  async silence(_fault, call, proceed) {
    await proceed();
    return staySilent(call);
  },
  silence_before: (_fault, call) => staySilent(call),
  async cut(_fault, _call, proceed) {
    await proceed();
    throw connectionLost();
  },
  async cut_before() {
    throw connectionLost();
  },
  status: (fault, _call, proceed) => replaced(fault, proceed, plainError),
  html: (fault, _call, proceed) => replaced(fault, proceed, htmlPage),
  ok_error: (fault, _call, proceed) => replaced(fault, proceed, okError),
  not_ready: async () => refuse(REFUSALS.notReady),
  unknown_state: (_fault, call, proceed) => withWord('warming_up', call, proceed),
  word: (fault, call, proceed) => withWord(fault.word ?? 'succeeded', call, proceed),
  async forget(_fault, call, proceed) {
    call.plan.forgotten = true;
    return call.endpoint === 'submit' ? proceed() : refuse(REFUSALS.unknownRequest);
  },
  redirect: async (fault) =>
    new Response(null, { status: 302, headers: { Location: fault.to ?? 'https://elsewhere.example/' } }),
  no_balance: async (_fault, call) =>
    refuse(REFUSALS.noBalance, { status: call.sim.settings.no_balance_status }),
  bad_token: async (_fault, call) =>
    refuse(REFUSALS.badToken, { status: call.sim.settings.bad_token_status }),
  async garbage(_fault, _call, proceed) {
    const response = await proceed();
    const text = await response.text();
    return new Response(text.slice(0, text.length / 2), response);
  },
  no_id: (_fault, _call, proceed) => altered(proceed, ({ request_id: _gone, ...rest }) => rest),
  nan: (_fault, _call, proceed) => withNaN(proceed),
  validation: async (fault) => Response.json({ detail: fault.error ?? VALIDATION }, { status: 422 }),
  redis_lock: async (fault) =>
    Response.json({ detail: 'Redis lock timeout' }, { status: fault.status ?? 500 }),
  async fail(fault, call, proceed) {
    call.plan.error = fault.error ?? { code: 'generation_failed', message: 'the model could not finish' };
    return proceed();
  },
  async slow(fault, call, proceed) {
    call.plan.runMs = fault.ms ?? 60_000;
    return proceed();
  },
};

const VALIDATION = [
  {
    type: 'url_parsing',
    loc: ['body', 'input', 'image_urls', 0],
    msg: 'Input should be a valid URL',
    input: 'x',
  },
];

async function withNaN(proceed: Proceed): Promise<Response> {
  const response = await proceed();
  const text = (await response.text())
    .replace('"output":{', '"output":{"score":NaN,"range":[-Infinity,Infinity],')
    .replace(/\}$/, ',"eta_seconds":NaN}');
  return new Response(text, response);
}

async function staySilent(call: Call): Promise<Response> {
  await wait(SILENCE_MS, call.request.signal);
  return new Response(null, { status: 504 });
}

/** The error that `fetch` throws when the network fails. */
function connectionLost(): TypeError {
  return new TypeError('Network connection lost.');
}

async function replaced(
  fault: Fault,
  proceed: Proceed,
  render: (fault: Fault) => Response,
): Promise<Response> {
  if (fault.accept) {
    await proceed();
  }
  return render(fault);
}

function plainError(fault: Fault): Response {
  const status = fault.status ?? 500;
  const retryAfter = fault.retry_after ?? (status === 429 ? 1 : undefined);
  return Response.json(
    {
      error_code: fault.error_code ?? status * 1000 + 1,
      error_message: fault.error_message ?? `simulated ${status}`,
    },
    { status, headers: retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) } },
  );
}

function htmlPage(fault: Fault): Response {
  const status = fault.status ?? 200;
  const title = PAGES[status] ?? '502 Bad Gateway';
  const page = `<!doctype html><html><title>${title}</title><h1>${title}</h1></html>`;
  return new Response(page, { status, headers: { 'Content-Type': 'text/html' } });
}

function okError(fault: Fault): Response {
  const error_message = fault.error_message ?? 'simulated error under HTTP 200';
  return Response.json({ error_code: fault.error_code ?? 500001, error_message });
}

/** On /cancel the word goes into `outcome`, as RunComfy's Serverless API has cancellation_requested there. */
function withWord(word: string, call: Call, proceed: Proceed): Promise<Response> {
  const change = call.endpoint === 'cancel' ? { outcome: word } : { status: word };
  return altered(proceed, (body) => ({ ...body, ...change }));
}

async function altered(
  proceed: Proceed,
  change: (body: Record<string, unknown>) => Record<string, unknown>,
): Promise<Response> {
  const response = await proceed();
  const body = z.record(z.string(), z.unknown()).parse(await response.json());
  return Response.json(change(body), { status: response.status });
}
