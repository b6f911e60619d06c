// The answer of /admin/settings. The Worker imports its type alone.

import * as z from 'zod/mini';
import { limitsView } from '../../http/limits-view.ts';

export const settingsView = z.strictObject({
  limits: limitsView,
  submits: z.enum(['on', 'off']),
  token_defaults: z
    .strictObject({ max_requests: z.int(), max_spend_usd: z.number() })
    .check(z.meta({ description: 'What a browser token gets whose minting names neither of the two.' })),
  files_days: z
    .int()
    .check(z.meta({ description: 'For how many days files are kept that are uploaded from now on.' })),
  audit_addresses: z
    .enum(['on', 'off'])
    .check(
      z.meta({ description: 'off: entries of the audit are written without the address of the caller.' }),
    ),
});

export type SettingsView = z.infer<typeof settingsView>;
