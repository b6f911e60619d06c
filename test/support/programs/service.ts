// The view of a third-party program on RunComfy or the gateway: a base URL, a token, and time.

export type Service = {
  /** Without `/v1`. */
  base: string;
  token: string;
  send: (request: Request) => Promise<Response>;
  wait: (ms: number) => Promise<void>;
};

export type Order = { model: string; input: Record<string, unknown> };
export type Outcome = { ending: 'done' | 'failed' | 'cancelled'; outputs: string[]; said?: unknown };

export type Program = {
  name: string;
  /** The only word of success that it knows. */
  knows?: 'succeeded' | 'completed';
  run: (service: Service, order: Order) => Promise<Outcome>;
  /** The message to its user about a cancel. */
  cancel?: (service: Service, id: string) => Promise<string>;
};

/** The program stops; whatever becomes of the job, its user does not get it. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
}

export type Answer = { status: number; headers: Headers; body: any };
type Call = { method?: string; body?: unknown; headers?: Record<string, string> };

/** One call with the token. Follows no redirect, as none of the programs may. */
export async function call(
  service: Service,
  to: string,
  { method, body, headers }: Call = {},
): Promise<Answer> {
  const url = to.startsWith('https://') ? to : `${service.base}${to}`;
  const request = new Request(url, {
    method: method ?? 'GET',
    headers: { Authorization: `Bearer ${service.token}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  });
  const response = await service.send(request).catch(() => {
    throw new GaveUp('the network failed');
  });
  return { status: response.status, headers: response.headers, body: read(await response.text()) };
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same for programs that take nothing but a 2xx with a JSON object in it. */
export async function insist(service: Service, to: string, options?: Call): Promise<any> {
  const { status, body } = await call(service, to, options);
  if (status < 200 || status > 299) {
    throw new GaveUp(`HTTP ${status}`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new GaveUp('no JSON object');
  }
  return body;
}

export function post(service: Service, { model, input }: Order): Promise<any> {
  return insist(service, `/v1/models/${model}`, {
    method: 'POST',
    body: input,
    headers: { 'Content-Type': 'application/json' },
  });
}

/** Longer than any program here waits for a job. */
const PATIENCE_MS = 30 * 60_000;

/** Asks until there is an outcome, or until the program has waited for half an hour. */
export async function poll(
  service: Service,
  everyMs: number,
  ask: () => Promise<Outcome | null>,
): Promise<Outcome> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += everyMs) {
    await service.wait(everyMs);
    const outcome = await ask();
    if (outcome !== null) {
      return outcome;
    }
  }
  throw new GaveUp('it took too long');
}

/** Every URL in a value, as most programs look for their files. */
export function urlsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return /^https?:\/\//.test(value) ? [value] : [];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(urlsIn) : [];
}

export function check(isRight: boolean, why: string): asserts isRight {
  if (!isRight) {
    throw new GaveUp(why);
  }
}
