// Reads the health of a gateway.

import * as z from 'zod/mini';

const TIMEOUT_MS = 10_000;
const PAUSE_MS = 1_000;
/** A new URL needs some time until it works everywhere. */
const PATIENCE_MS = 120_000;
/** Codes of a gateway that answers but refuses this token. */
const CLOSED = ['invalid_admin_token', 'admin_closed', 'misconfigured'];

const healthBody = z.looseObject({
  status: z.string(),
  version: z.string(),
  concerns: z.array(z.looseObject({ code: z.string(), detail: z.string() })),
  cron_ran_at: z.nullable(z.string()),
  accounts: z.array(
    z.looseObject({
      id: z.string(),
      status: z.string(),
      state: z.string(),
      why_not: z.nullable(z.string()),
      balance_usd: z.nullable(z.number()),
      balance_read_at: z.nullable(z.string()),
    }),
  ),
});

export type Health = z.infer<typeof healthBody>;
/** `closed`: the gateway answers but refuses this token. */
export type Asked =
  | { kind: 'health'; health: Health }
  | { kind: 'closed'; code: string }
  | { kind: 'silent'; reason: string };

export async function askHealth(url: string, token: string | null): Promise<Asked> {
  try {
    const response = await fetch(`${url}/admin/health`, {
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    const health = healthBody.safeParse(body);
    if (health.success) {
      return { kind: 'health', health: health.data };
    }
    return CLOSED.includes(Object(body).code)
      ? { kind: 'closed', code: Object(body).code }
      : { kind: 'silent', reason: `it answers ${response.status}` };
  } catch (error) {
    return { kind: 'silent', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Asks until this version answers. Returns the last answer if that takes too long. */
export async function awaitVersion(url: string, token: string | null, version: string): Promise<Asked> {
  const untilMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const asked = await askHealth(url, token);
    const isThere = asked.kind === 'health' ? asked.health.version === version : asked.kind === 'closed';
    if (isThere || Date.now() > untilMs) {
      return asked;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
