// Reads the books from D1 without the gateway's own code.

import { env } from 'cloudflare:workers';
import type { World } from './world.ts';

export type Books = {
  jobs: number;
  states: Record<string, number>;
  holds: number;
  ends: number;
  heldMicros: number;
  balanceMicros: number;
  requests: Record<string, number>;
};

/** Everything that one customer's rows add up to. */
export async function booksOf(customer: string): Promise<Books> {
  const [jobs, ledger, money, counters] = await env.DB.batch<any>([
    env.DB.prepare('SELECT state, COUNT(*) AS n FROM jobs WHERE customer_id = ?1 GROUP BY state').bind(
      customer,
    ),
    env.DB.prepare('SELECT phase, COUNT(*) AS n FROM ledger WHERE customer_id = ?1 GROUP BY phase').bind(
      customer,
    ),
    env.DB.prepare('SELECT held_micros, balance_micros FROM customers WHERE id = ?1').bind(customer),
    env.DB.prepare('SELECT grain, SUM(requests) AS n FROM counters WHERE subject = ?1 GROUP BY grain').bind(
      customer,
    ),
  ]);
  const states = tally(jobs?.results ?? [], 'state');
  const phases = tally(ledger?.results ?? [], 'phase');
  return {
    jobs: Object.values(states).reduce((sum, n) => sum + n, 0),
    states,
    holds: phases['hold'] ?? 0,
    ends: phases['end'] ?? 0,
    heldMicros: money?.results[0].held_micros,
    balanceMicros: money?.results[0].balance_micros,
    requests: tally(counters?.results ?? [], 'grain'),
  };
}

/** What does not add up, of one customer or of all: the gateway's own count, which the test of it keeps honest. */
export async function differences(world: World, customer?: string): Promise<unknown[]> {
  const query = customer === undefined ? '' : `?customer=${customer}`;
  const { status, body } = await world.admin('GET', `/admin/ledger/check${query}`);
  if (status !== 200) {
    throw new Error(`the check failed: ${JSON.stringify(body)}`);
  }
  return body.differences;
}

function tally(rows: any[], name: string): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [row[name], row.n]));
}
