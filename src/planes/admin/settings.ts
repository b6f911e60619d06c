// /admin/settings: limits of the whole gateway, the stop switch, the defaults of browser tokens, and how long files are
// kept.

import * as z from 'zod/mini';
import { readLimitUse } from '../../features/ledger/limit-use.ts';
import { changeSettings } from '../../features/settings/change.ts';
import { getSettings } from '../../features/settings/get.ts';
import type { GatewaySettings } from '../../features/settings/store.ts';
import { count, showLimits } from '../../http/limits.ts';
import { limitsMember } from '../../http/limits-member.ts';
import { usdAmount } from '../../http/money-schema.ts';
import { route } from '../../http/route.ts';
import { usd } from '../../lib/money.ts';
import type { LimitUseView } from './limit-use-view.ts';
import type { SettingsView } from './settings-view.ts';

const settingsPatch = z.strictObject({
  limits: z.optional(limitsMember),
  submits: z.optional(z.enum(['on', 'off'])),
  files_days: z.optional(z.int().check(z.minimum(1), z.maximum(365))),
  token_defaults: z.optional(
    z.strictObject({ max_requests: z.optional(count), max_spend_usd: z.optional(usdAmount) }),
  ),
  audit_addresses: z.optional(z.enum(['on', 'off'])),
});

export const settingsRoutes = {
  getSettings: route({
    method: 'GET',
    path: '/admin/settings',
    door: 'admin',
    summary: 'Read the limits of the whole gateway, its stop switch and the defaults of browser tokens',
    refusals: [],
    run: async ({ runtime }) => showSettings(await getSettings(runtime)),
  }),
  getGatewayLimits: route({
    method: 'GET',
    path: '/admin/settings/limits',
    door: 'admin',
    summary: 'Read how much of the limits of the whole gateway is used now',
    refusals: [],
    run: async ({ runtime }): Promise<LimitUseView> => ({
      limits: await readLimitUse(runtime, { scope: 'gateway' }),
    }),
  }),
  changeSettings: route({
    method: 'PATCH',
    path: '/admin/settings',
    door: 'admin',
    summary: 'Change the limits of the whole gateway, its stop switch or the defaults of browser tokens',
    body: settingsPatch,
    refusals: [],
    audit: 'settings.change',
    async run({ runtime, body, change }) {
      const {
        token_defaults: defaults,
        files_days: filesDays,
        audit_addresses: auditAddresses,
        ...rest
      } = body;
      const tokenDefaults = { maxRequests: defaults?.max_requests, maxSpendMicros: defaults?.max_spend_usd };
      const patch = { ...rest, filesDays, tokenDefaults, auditAddresses };
      return showSettings(await changeSettings(runtime, patch, change('settings')));
    },
  }),
};

function showSettings(settings: GatewaySettings): SettingsView {
  const { limits, submits, tokenDefaults, filesDays, auditAddresses } = settings;
  const { maxRequests, maxSpendMicros } = tokenDefaults;
  return {
    limits: showLimits(limits),
    submits,
    token_defaults: { max_requests: maxRequests, max_spend_usd: usd(maxSpendMicros) },
    files_days: filesDays,
    audit_addresses: auditAddresses,
  };
}
