// A RunComfy account as the operator sees it, without its token. The Worker imports only the types.

import * as z from 'zod/mini';
import { ACCOUNT_STATES, ACCOUNT_STATUSES } from '../../features/accounts/account.ts';
import { limitsView } from '../../http/limits-view.ts';

const instant = z.nullable(z.string());

const members = {
  id: z.string(),
  label: z.string(),
  hint: z.string().check(z.meta({ description: 'The last characters of the token.' })),
  status: z.enum(ACCOUNT_STATUSES),
  takes_jobs: z.boolean(),
  why_not: z
    .nullable(z.string())
    .check(z.meta({ description: 'Why the account does not accept jobs, and how to fix it.' })),
  verified: z.boolean().check(z.meta({ description: 'RunComfy has accepted the token at least once.' })),
  priority: z.int().check(z.meta({ description: 'The account with the lowest number is used first.' })),
  limits: limitsView,
  state: z
    .enum(ACCOUNT_STATES)
    .check(z.meta({ description: 'If not ok, the account gets one submit a minute as a probe.' })),
  since: instant,
  silent_since: instant.check(z.meta({ description: 'RunComfy has not answered a submit since this time.' })),
  busy_until: instant.check(z.meta({ description: 'RunComfy asked for no calls until this time.' })),
  balance_usd: z
    .nullable(z.number())
    .check(z.meta({ description: 'The balance at RunComfy. null: not read yet.' })),
  balance_read_at: instant,
  open_jobs: z.int(),
  last_error: z.nullable(z.string()),
  last_error_at: instant,
  created_at: instant.check(z.meta({ description: 'null: the account is set by RUNCOMFY_TOKEN.' })),
};

export const accountView = z.strictObject(members).check(z.meta({ id: 'Account' }));

export const checkedAccountView = z.strictObject({
  ...members,
  check: z.strictObject({
    ok: z.boolean().check(z.meta({ description: 'RunComfy accepts the token.' })),
    detail: z.string(),
  }),
});

export const rewrappedView = z.strictObject({
  rewrapped: z.int().check(z.meta({ description: 'Values that this call re-encrypted with VAULT_KEY.' })),
  left: z.int().check(z.meta({ description: 'Values that another key still encrypts.' })),
});

export type AccountView = z.infer<typeof accountView>;
export type CheckedAccountView = z.infer<typeof checkedAccountView>;
export type RewrappedView = z.infer<typeof rewrappedView>;
