// `npm run ledger:check`: asks a running gateway to count its books anew, and says how many figures are wrong.

import { parseArgs } from 'node:util';
import { runningGateway } from './running-gateway.ts';
import { giveUp, Mistake, say } from './terminal.ts';

type Difference = { what: string; subject: string; stored: number | null; computed: number | null };

const MOST_SHOWN = 20;

async function check(): Promise<void> {
  const { customer } = parseArgs({ options: { customer: { type: 'string' } } }).values;
  const { base, token } = runningGateway();
  const url = new URL('/admin/ledger/check', base);
  if (customer !== undefined) {
    url.searchParams.set('customer', customer);
  }
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } }).catch(() => {
    throw new Mistake(`No gateway answers at ${base}. Start it with npm start, or set COMFYGATE_URL.`);
  });
  const body = Object(await response.json());
  if (!response.ok) {
    throw new Mistake(`The gateway answered ${response.status}: ${body.detail}`);
  }
  tell(body.differences);
}

function tell(differences: Difference[]): void {
  for (const { what, subject, stored, computed } of differences.slice(0, MOST_SHOWN)) {
    say(`${what} of ${subject}: stored ${stored}, computed ${computed}`);
  }
  say(`${differences.length} differences`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}

check().catch(giveUp);
