// /admin/settings: the gateway's limits, the submit switch, the defaults of browser tokens and new customers, and how long
// files and results are kept.

import * as z from 'zod/mini';
import { readLimitUse } from '../../features/ledger/limit-use.ts';
import { changeSettings } from '../../features/settings/change.ts';
import { getSettings } from '../../features/settings/get.ts';
import type { GatewaySettings } from '../../features/settings/store.ts';
import { count, showLimits } from '../../http/limits.ts';
import { limitsMember } from '../../http/limits-member.ts';
import { markupFactor } from '../../http/markup.ts';
import { usdAmount } from '../../http/money-schema.ts';
import { route } from '../../http/route.ts';
import { shortText } from '../../http/text-schema.ts';
import { usd } from '../../lib/money.ts';
import type { LimitUseView } from './limit-use-view.ts';
import type { SettingsView } from './settings-view.ts';

const settingsPatch = z.strictObject({
  limits: z.optional(limitsMember),
  submits: z.optional(z.enum(['on', 'off'])),
  files_days: z.optional(z.int().check(z.minimum(1), z.maximum(365))),
  retention_days: z.optional(z.int().check(z.minimum(1), z.maximum(3650))),
  token_defaults: z.optional(
    z.strictObject({ max_requests: z.optional(count), max_spend_usd: z.optional(usdAmount) }),
  ),
  defaults: z.optional(
    z.strictObject({
      limits: z.optional(limitsMember),
      markup: z.nullish(markupFactor),
      prepaid: z.optional(z.boolean()),
      plan: z.nullish(shortText.check(z.minLength(1))),
    }),
  ),
  audit_addresses: z.optional(z.enum(['on', 'off'])),
});

export const settingsRoutes = {
  getSettings: route({
    method: 'GET',
    path: '/admin/settings',
    door: 'admin',
    summary: 'Get the settings of the gateway: limits, submit switch and defaults.',
    refusals: [],
    run: async ({ runtime }) => showSettings(await getSettings(runtime)),
  }),
  getGatewayLimits: route({
    method: 'GET',
    path: '/admin/settings/limits',
    door: 'admin',
    summary: "Get the current usage of the gateway's limits.",
    refusals: [],
    run: async ({ runtime }): Promise<LimitUseView> => ({
      limits: await readLimitUse(runtime, { scope: 'gateway' }),
    }),
  }),
  changeSettings: route({
    method: 'PATCH',
    path: '/admin/settings',
    door: 'admin',
    summary: 'Update the settings of the gateway: limits, submit switch and defaults.',
    body: settingsPatch,
    refusals: [],
    audit: 'settings.change',
    async run({ runtime, body, change }) {
      const { token_defaults: tokens, defaults, retention_days: retentionDays, ...others } = body;
      const { files_days: filesDays, audit_addresses: auditAddresses, ...rest } = others;
      const tokenDefaults = { maxRequests: tokens?.max_requests, maxSpendMicros: tokens?.max_spend_usd };
      const patch = {
        ...rest,
        filesDays,
        retentionDays,
        auditAddresses,
        tokenDefaults,
        defaults: { ...defaults, markupE4: defaults?.markup },
      };
      return showSettings(await changeSettings(runtime, patch, change('settings')));
    },
  }),
};

function showSettings(settings: GatewaySettings): SettingsView {
  const { limits, submits, tokenDefaults, defaults, filesDays, retentionDays, auditAddresses } = settings;
  const { maxRequests, maxSpendMicros } = tokenDefaults;
  return {
    limits: showLimits(limits),
    submits,
    token_defaults: { max_requests: maxRequests, max_spend_usd: usd(maxSpendMicros) },
    files_days: filesDays,
    defaults: {
      limits: showLimits(defaults.limits),
      markup: defaults.markupE4 === null ? null : defaults.markupE4 / 10_000,
      prepaid: defaults.prepaid,
      plan: defaults.plan,
    },
    retention_days: retentionDays,
    audit_addresses: auditAddresses,
  };
}
