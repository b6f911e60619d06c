// `npm run ledger:check`: makes a running gateway recount its books, and prints the differences. With `-- --rebuild` the
// gateway first rebuilds the roll-ups of usage.

import { parseArgs } from 'node:util';
import { must } from './call.ts';
import { runningGateway } from './running-gateway.ts';
import { giveUp, say } from './terminal.ts';

type Difference = { what: string; subject: string; stored: number | null; computed: number | null };

const MOST_SHOWN = 20;

async function check(): Promise<void> {
  const options = { customer: { type: 'string' }, rebuild: { type: 'boolean' } } as const;
  const { customer, rebuild } = parseArgs({ options }).values;
  const { call, token } = runningGateway();
  const query = customer === undefined ? '' : `?customer=${encodeURIComponent(customer)}`;
  const reply =
    rebuild === true
      ? call('/admin/ledger/rebuild', { method: 'POST', token, body: { customer } })
      : call(`/admin/ledger/check${query}`, { token });
  tell(Object(await must(200, reply)).differences);
}

function tell(differences: Difference[]): void {
  for (const { what, subject, stored, computed } of differences.slice(0, MOST_SHOWN)) {
    say(`${what} of ${subject}: stored ${stored}, computed ${computed}`);
  }
  say(`${differences.length} differences`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}

check().catch(giveUp);
