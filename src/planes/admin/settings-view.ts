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
  defaults: z
    .strictObject({
      limits: limitsView,
      markup: z.nullable(z.number()),
      prepaid: z.boolean(),
      plan: z.nullable(z.string()),
    })
    .check(z.meta({ description: 'What a new customer gets where neither the call nor the plan says it.' })),
  retention_days: z
    .int()
    .check(z.meta({ description: 'How long results of jobs are kept behind their settlement.' })),
  audit_addresses: z
    .enum(['on', 'off'])
    .check(
      z.meta({ description: 'off: entries of the audit are written without the address of the caller.' }),
    ),
});

export type SettingsView = z.infer<typeof settingsView>;
