// An upstream account, as the operator sees it: never with its token. The Worker imports the types alone.

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
    .check(z.meta({ description: 'What keeps it from taking jobs, and what to do.' })),
  verified: z.boolean().check(z.meta({ description: 'RunComfy has taken the token at least once.' })),
  priority: z.int().check(z.meta({ description: 'The account with the lowest number is taken first.' })),
  limits: limitsView,
  state: z
    .enum(ACCOUNT_STATES)
    .check(z.meta({ description: 'Not ok: it takes one submit a minute, as a probe.' })),
  since: instant,
  silent_since: instant.check(z.meta({ description: 'RunComfy has answered no submit since then.' })),
  busy_until: instant.check(z.meta({ description: 'RunComfy asked to be left alone until then.' })),
  balance_usd: z.nullable(z.number()).check(z.meta({ description: 'At RunComfy. null: not read yet.' })),
  balance_read_at: instant,
  open_jobs: z.int(),
  last_error: z.nullable(z.string()),
  last_error_at: instant,
  created_at: instant.check(z.meta({ description: 'null: the account of the environment.' })),
};

export const accountView = z.strictObject(members).check(z.meta({ id: 'Account' }));

export const checkedAccountView = z.strictObject({
  ...members,
  check: z.strictObject({
    ok: z.boolean().check(z.meta({ description: 'RunComfy takes the token.' })),
    detail: z.string(),
  }),
});

export const rewrappedView = z.strictObject({
  rewrapped: z.int().check(z.meta({ description: 'Texts that this call has sealed with VAULT_KEY.' })),
  left: z.int().check(z.meta({ description: 'Texts that another key still seals.' })),
});

export type AccountView = z.infer<typeof accountView>;
export type CheckedAccountView = z.infer<typeof checkedAccountView>;
export type RewrappedView = z.infer<typeof rewrappedView>;
