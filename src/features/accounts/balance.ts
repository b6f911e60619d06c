// The balance of a RunComfy account, read every hour: one wallet pays for everything, and when it is empty no job is
// taken. RunComfy answers it on its account API, another host than the Model API.

import type { AccountsRuntime } from './account.ts';
import { reasonOf } from '../../lib/log.ts';
import { microsOf, roundUsd, usd, type Micros } from '../../lib/money.ts';
import { accountAccepted, accountStopped, putBalance, type UpstreamAccount } from './account-store.ts';
import { getAccount, hasToken } from './account.ts';
import type { UpstreamAnswer } from '../runcomfy/client.ts';
import { errorCodeOf, type Answer } from '../runcomfy/wire.ts';

const TIMEOUT_MS = 8_000;

/** Reads the balances of these accounts, warns of what is low, and stops or frees an account accordingly. */
export async function watchBalances(deps: AccountsRuntime, accounts: UpstreamAccount[]): Promise<void> {
  for (const account of accounts) {
    try {
      await watchBalance(deps, account);
    } catch (error) {
      deps.log.warn('balance_unread', { account: account.id, reason: reasonOf(error) });
    }
  }
}

async function watchBalance(deps: AccountsRuntime, { id, state }: UpstreamAccount): Promise<void> {
  if (!hasToken(deps, id)) {
    return;
  }
  const sent = await deps.upstream.call({
    account: getAccount(deps, id),
    api: 'account',
    method: 'GET',
    path: '/prod/v2/balance',
    timeoutMs: TIMEOUT_MS,
  });
  const nowMs = deps.clock.now();
  if (isBadToken(sent)) {
    deps.log.error('account_stopped', { account: id, outcome: 'bad_token' });
    await accountStopped(deps.db, id, { state: 'bad_token', nowMs }).run();
    return;
  }
  const micros = sent.kind === 'answer' && sent.status === 200 ? balanceOf(sent.body) : null;
  if (micros === null) {
    const status = sent.kind === 'answer' ? { upstream_status: sent.status } : {};
    deps.log.warn('balance_unread', { account: id, ...status });
    return;
  }
  await putBalance(deps.db, id, { micros, nowMs });
  if (micros <= 0) {
    deps.log.error('account_stopped', { account: id, outcome: 'no_balance' });
    await accountStopped(deps.db, id, { state: 'no_balance', nowMs }).run();
    return;
  }
  if (micros < deps.settings.balanceWarningMicros) {
    deps.log.error('balance_low', { account: id, balance_usd: usd(micros) });
  }
  if (state === 'no_balance' || state === 'bad_token') {
    await accountAccepted(deps.db, id, { sentAtMs: nowMs, nowMs }).run();
  }
}

function isBadToken(sent: UpstreamAnswer): boolean {
  return sent.kind === 'answer' && (sent.status === 401 || errorCodeOf(sent.body) === 400004);
}

/** RunComfy tells whole micro-dollars, and dollars beside them; either may be 0 or negative. */
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
