// The findings of the doctor for a given health of the gateway.

import { test } from 'vitest';
import { ofHealth } from '../../scripts/deploy/examine.ts';
import type { Health } from '../../scripts/deploy/health.ts';

type Account = Health['accounts'][number];

function healthOf(accounts: Partial<Account>[], concerns: Health['concerns']): Health {
  const account = { status: 'active', state: 'ok', why_not: null, balance_usd: 5, balance_read_at: 'today' };
  return {
    status: 'attention',
    version: '1',
    cron_ran_at: new Date().toISOString(),
    accounts: accounts.map((one, index) => ({ id: `acct_${index}`, ...account, ...one })),
    concerns,
  };
}

test.for(['account_bad_token', 'account_unreadable'])(
  '%s is said of an account that drains, and once of one that is in use',
  (code, { expect }) => {
    const why_not = 'It is why.';
    const state = code === 'account_bad_token' ? 'bad_token' : 'ok';
    const accounts = [{ why_not, state }, { why_not: 'It is draining.', state, status: 'draining' }, {}];
    const concerns = [0, 1].map((index) => ({ code, detail: `Account acct_${index} needs a token.` }));
    const findings = ofHealth(healthOf(accounts, concerns)).filter(({ mend }) => mend !== undefined);
    expect(findings.map(({ sentence }) => /acct_\d/.exec(sentence)?.[0])).toEqual(['acct_0', 'acct_1']);
  },
);
