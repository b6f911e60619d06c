// /admin/settings: limits of the whole gateway and the stop switch.

import * as z from 'zod/mini';
import { readLimitUse } from '../../features/ledger/limit-use.ts';
import { changeSettings } from '../../features/settings/change.ts';
import { getSettings } from '../../features/settings/get.ts';
import type { GatewaySettings } from '../../features/settings/store.ts';
import { limitsMember, showLimits } from '../../http/limits.ts';
import { route } from '../../http/route.ts';
import type { LimitUseView } from './limit-use-view.ts';
import type { SettingsView } from './settings-view.ts';

const settingsPatch = z.strictObject({
  limits: z.optional(limitsMember),
  submits: z.optional(z.enum(['on', 'off'])),
});

export const settingsRoutes = {
  getSettings: route({
    method: 'GET',
    path: '/admin/settings',
    door: 'admin',
    summary: 'Read the limits of the whole gateway and its stop switch',
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
    summary: 'Change the limits of the whole gateway or its stop switch',
    body: settingsPatch,
    refusals: [],
    audit: 'settings.change',
    run: async ({ runtime, body, change }) =>
      showSettings(await changeSettings(runtime, body, change('settings'))),
  }),
};

function showSettings(settings: GatewaySettings): SettingsView {
  return { limits: showLimits(settings.limits), submits: settings.submits };
}
