// Checks the balance of each RunComfy account once an hour: an account without a balance takes no jobs.

import { reasonOf } from '../../lib/log.ts';
import { usd } from '../../lib/money.ts';
import type { UpstreamAccount } from './account.ts';
import { accountFailed, claimBalanceCheck, putBalance } from './account-store.ts';
import type { AccountsRuntime } from './memory.ts';
import { accountRefused } from './outcome-store.ts';
import { hasEnvToken, openSealed } from './open.ts';
import { tryToken, type Trial } from './trial.ts';

const HOUR_MS = 3_600_000;

/** Reads the balance whose check is the most overdue, warns if it is low, and stops or frees the account. */
export async function watchBalance(deps: AccountsRuntime): Promise<void> {
  const { db, clock, log } = deps;
  const nowMs = clock.now();
  const account = await claimBalanceCheck(db, { nowMs, everyMs: HOUR_MS, hasEnvToken: hasEnvToken(deps) });
  if (account === null) {
    return;
  }
  try {
    const opened = await openSealed(deps, account);
    if (opened !== null) {
      const askedAtMs = deps.clock.now();
      await recordTrial(deps, account, { trial: await tryToken(deps, opened), askedAtMs, also: [] });
    }
  } catch (error) {
    log.warn('balance_unread', { account: account.id, reason: reasonOf(error) });
  }
}

/** Records RunComfy's answer about the token that the account had when it was read; `also` follows in the batch. */
export async function recordTrial(
  deps: AccountsRuntime,
  { id, sealed }: UpstreamAccount,
  { trial, askedAtMs, also }: { trial: Trial; askedAtMs: number; also: D1PreparedStatement[] },
): Promise<void> {
  const { db, log } = deps;
  const nowMs = deps.clock.now();
  switch (trial.kind) {
    case 'unknown': {
      log.warn('balance_unread', {
        account: id,
        ...(trial.status === null ? {} : { upstream_status: trial.status }),
      });
      await db.batch([accountFailed(db, { id, sealed, error: trial.reason, nowMs }), ...also]);
      return;
    }
    case 'bad': {
      log.error('account_stopped', { account: id, outcome: 'bad_token' });
      await db.batch([
        accountFailed(db, { id, sealed, error: trial.reason, nowMs }),
        ...also,
        accountRefused(db, { id, sealed }, { state: 'bad_token', error: trial.reason, nowMs }),
      ]);
      return;
    }
    case 'good': {
      const { balanceMicros: micros } = trial;
      const put = [putBalance(db, { id, sealed, micros, askedAtMs, nowMs }), ...also];
      if (micros <= 0) {
        log.error('account_stopped', { account: id, outcome: 'no_balance' });
        await db.batch([
          ...put,
          accountRefused(db, { id, sealed }, { state: 'no_balance', error: 'Its balance is spent', nowMs }),
        ]);
        return;
      }
      if (micros < deps.settings.balanceWarningMicros) {
        log.error('balance_low', { account: id, balance_usd: usd(micros) });
      }
      await db.batch(put);
    }
  }
}
