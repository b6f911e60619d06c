// /admin/settings: limits of the whole gateway and the stop switch.

import * as z from 'zod/mini';
import { changeSettings } from '../../features/settings/change.ts';
import { getSettings } from '../../features/settings/get.ts';
import type { GatewaySettings } from '../../features/settings/store.ts';
import { readJson } from '../../http/body.ts';
import type { AppEnv } from '../../http/context.ts';
import { Hono } from '../../http/hono.ts';
import { validate } from '../../http/validate.ts';
import { limitsMember, showLimits } from '../../http/limits.ts';
import { lazy } from '../../lib/lazy.ts';
import { changeBy } from './change.ts';

const settingsPatch = lazy(() =>
  z.strictObject({
    limits: z.optional(limitsMember()),
    submits: z.optional(z.enum(['on', 'off'])),
  }),
);

export function settingsApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.get('/', async (c) => c.json(showSettings(await getSettings(c.get('deps')))));
  api.patch('/', async (c) => {
    const sent = await readJson(c);
    const patch = validate(settingsPatch(), sent);
    const change = changeBy(c, 'settings.change', { object: 'settings', change: sent });
    return c.json(showSettings(await changeSettings(c.get('deps'), patch, change)));
  });
  return api;
}

function showSettings(settings: GatewaySettings): Record<string, unknown> {
  return { limits: showLimits(settings.limits), submits: settings.submits };
}
