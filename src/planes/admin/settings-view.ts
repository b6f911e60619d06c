// The answer of /admin/settings. The Worker imports its type alone.

import * as z from 'zod/mini';
import { limitsView } from '../../http/limits-view.ts';

export const settingsView = z.strictObject({
  limits: limitsView,
  submits: z.enum(['on', 'off']),
});

export type SettingsView = z.infer<typeof settingsView>;
