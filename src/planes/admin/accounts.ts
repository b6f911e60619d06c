// /admin/accounts: the RunComfy accounts that run jobs. /admin/vault: the keys that encrypt their tokens.

import * as z from 'zod/mini';
import { SETTABLE_STATUSES } from '../../features/accounts/account.ts';
import { changeAccount } from '../../features/accounts/change.ts';
import { checkAccount } from '../../features/accounts/check.ts';
import { createAccount } from '../../features/accounts/create.ts';
import { deleteAccount } from '../../features/accounts/delete.ts';
import {
  getShownAccount,
  listShownAccounts,
  showAccount,
  type ShownAccount,
} from '../../features/accounts/read.ts';
import { rewrapVault } from '../../features/accounts/rewrap.ts';
import type { Trial } from '../../features/accounts/trial.ts';
import { showLimits } from '../../http/limits.ts';
import { limitsMember } from '../../http/limits-member.ts';
import { pageAfter, paging, placeOf, showInstant, showPage } from '../../http/paging.ts';
import { route } from '../../http/route.ts';
import { shortName } from '../../http/text-schema.ts';
import { usd } from '../../lib/money.ts';
import type { AccountView, CheckedAccountView, RewrappedView } from './account-view.ts';

/** Characters that a header can carry, without the whitespace that copying adds. */
const token = z
  .string()
  .check(
    z.trim(),
    z.minLength(16),
    z.maxLength(500),
    z.regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
    z.meta({ writeOnly: true, description: 'The token of the RunComfy account. No response shows it.' }),
  );
const status = z.enum(SETTABLE_STATUSES);
const priority = z.int().check(z.minimum(0), z.maximum(1_000_000));

const newAccount = z.strictObject({
  label: shortName,
  token,
  priority: z._default(priority, 100),
  limits: z.optional(limitsMember),
  status: z._default(status, 'active'),
});

const accountPatch = z.strictObject({
  label: z.optional(shortName),
  token: z.optional(token),
  priority: z.optional(priority),
  limits: z.optional(limitsMember),
  status: z.optional(status),
});

export const accountRoutes = {
  createAccount: route({
    method: 'POST',
    path: '/admin/accounts',
    door: 'admin',
    summary: 'Add a RunComfy account. The gateway checks its token, then encrypts it.',
    body: newAccount,
    status: 201,
    refusals: ['vault_closed'],
    audit: 'account.create',
    secrets: ['token'],
    async run({ runtime, body, creation }) {
      const request = { ...body, limits: body.limits ?? {} };
      return viewOf(await showAccount(runtime, await createAccount(runtime, request, creation)));
    },
  }),
  listAccounts: route({
    method: 'GET',
    path: '/admin/accounts',
    door: 'admin',
    summary: 'List the RunComfy accounts and whether each accepts jobs.',
    query: z.strictObject(paging),
    refusals: [],
    async run({ runtime, query }) {
      const accounts = await listShownAccounts(runtime, pageAfter(query));
      return showPage(accounts, query.limit, { show: viewOf, place: placeOf });
    },
  }),
  getAccount: route({
    method: 'GET',
    path: '/admin/accounts/{account}',
    door: 'admin',
    summary: 'Get a RunComfy account.',
    refusals: ['not_found'],
    run: async ({ runtime, params }) => viewOf(await getShownAccount(runtime, params.account)),
  }),
  changeAccount: route({
    method: 'PATCH',
    path: '/admin/accounts/{account}',
    door: 'admin',
    summary: 'Update a RunComfy account, or replace its token.',
    body: accountPatch,
    refusals: ['not_found', 'conflict', 'vault_closed'],
    audit: 'account.change',
    secrets: ['token'],
    async run({ runtime, params: { account }, body, change }) {
      const { token: newToken, ...patch } = body;
      const asked = { patch, token: newToken, change: change(account) };
      return viewOf(await showAccount(runtime, await changeAccount(runtime, account, asked)));
    },
  }),
  deleteAccount: route({
    method: 'DELETE',
    path: '/admin/accounts/{account}',
    door: 'admin',
    summary: 'Delete a RunComfy account and its token.',
    status: 204,
    refusals: ['not_found', 'conflict'],
    audit: 'account.delete',
    async run({ runtime, params, change }) {
      await deleteAccount(runtime, params.account, change(params.account));
      return null;
    },
  }),
  checkAccount: route({
    method: 'POST',
    path: '/admin/accounts/{account}/check',
    door: 'admin',
    summary: 'Check an account: read its balance at RunComfy now.',
    refusals: ['not_found', 'conflict', 'vault_closed'],
    audit: 'account.check',
    async run({ runtime, params, change }): Promise<CheckedAccountView> {
      const { account, trial } = await checkAccount(runtime, params.account, change(params.account));
      return { ...viewOf(account), check: showTrial(trial) };
    },
  }),
  rewrapVault: route({
    method: 'POST',
    path: '/admin/vault/rewrap',
    door: 'admin',
    summary: 'Re-encrypt with VAULT_KEY everything that VAULT_KEY_PREVIOUS encrypted.',
    refusals: ['conflict', 'vault_closed'],
    audit: 'vault.rewrap',
    run: ({ runtime, change }): Promise<RewrappedView> => rewrapVault(runtime, change('vault')),
  }),
};

function viewOf(account: ShownAccount): AccountView {
  return {
    id: account.id,
    label: account.label,
    hint: account.hint,
    status: account.status,
    takes_jobs: account.obstacle === null,
    why_not: account.obstacle,
    verified: account.verified,
    priority: account.priority,
    limits: showLimits(account.limits),
    state: account.state,
    since: instantOrNull(account.sinceMs),
    silent_since: showInstant(account.silentSinceMs),
    busy_until: instantOrNull(account.busyUntilMs),
    balance_usd: account.balanceMicros === null ? null : usd(account.balanceMicros),
    balance_read_at: showInstant(account.balanceAtMs),
    open_jobs: account.openJobs,
    last_error: account.lastError,
    last_error_at: showInstant(account.lastErrorAtMs),
    created_at: instantOrNull(account.createdAtMs),
  };
}

/** 0: never. */
function instantOrNull(ms: number): string | null {
  return showInstant(ms === 0 ? null : ms);
}

function showTrial(trial: Trial): CheckedAccountView['check'] {
  return trial.kind === 'good'
    ? { ok: true, detail: 'RunComfy accepts the token.' }
    : { ok: false, detail: `${trial.reason}.` };
}
