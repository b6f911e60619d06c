// Tests a token by asking RunComfy for the balance: the only call that costs nothing and needs no job. RunComfy answers
// it on its account API, another host than the Model API.

import { cut } from '../../lib/cut.ts';
import { microsOf, roundUsd, type Micros } from '../../lib/money.ts';
import type { Account, RunComfyRuntime } from '../runcomfy/client.ts';
import { isBadToken, type Answer } from '../runcomfy/wire.ts';

/** `unknown`: the answer proves nothing about the token. */
export type Trial =
  | { kind: 'good'; balanceMicros: Micros }
  | { kind: 'bad'; reason: string }
  | { kind: 'unknown'; reason: string; status: number | null };

const TIMEOUT_MS = 8_000;
const MAX_QUOTED_CHARS = 200;

export async function tryToken({ upstream }: RunComfyRuntime, account: Account): Promise<Trial> {
  const sent = await upstream.call({
    account,
    api: 'account',
    method: 'GET',
    path: '/prod/v2/balance',
    timeoutMs: TIMEOUT_MS,
  });
  if (sent.kind === 'silent') {
    return { kind: 'unknown', reason: 'RunComfy did not answer', status: null };
  }
  const { status, body } = sent;
  if (isBadToken(status, body)) {
    const said = body?.['error_message'];
    const words = typeof said === 'string' ? `: ${cut(said, MAX_QUOTED_CHARS)}` : '';
    return { kind: 'bad', reason: `RunComfy refuses the token${words}` };
  }
  const balanceMicros = status === 200 ? balanceOf(body) : null;
  return balanceMicros === null
    ? { kind: 'unknown', reason: `RunComfy answered ${status} without a balance`, status }
    : { kind: 'good', balanceMicros };
}

/** RunComfy reports whole micro-dollars and dollars; either may be 0 or negative. */
function balanceOf(body: Answer | null): Micros | null {
  const { balance_microdollars: whole, balance_usd: dollars } = body ?? {};
  if (typeof whole === 'number' && Number.isInteger(whole)) {
    return microsOf(whole);
  }
  if (typeof dollars !== 'number') {
    return null;
  }
  const size = roundUsd(Math.abs(dollars));
  return size === null ? null : microsOf(Math.sign(dollars) * size);
}
