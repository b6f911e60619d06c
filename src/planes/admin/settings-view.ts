// The response of /admin/settings. The Worker imports only the type.

import * as z from 'zod/mini';
import { limitsView } from '../../http/limits-view.ts';

export const settingsView = z.strictObject({
  limits: limitsView,
  submits: z.enum(['on', 'off']),
  token_defaults: z
    .strictObject({ max_requests: z.int(), max_spend_usd: z.number() })
    .check(z.meta({ description: 'Applies to browser tokens that are created without these values.' })),
  files_days: z
    .int()
    .check(
      z.meta({ description: 'How many days to keep files. Applies to files uploaded after the change.' }),
    ),
  defaults: z
    .strictObject({
      limits: limitsView,
      markup: z.nullable(z.number()),
      prepaid: z.boolean(),
      plan: z.nullable(z.string()),
    })
    .check(
      z.meta({ description: 'Applies to new customers where neither the call nor the plan sets a value.' }),
    ),
  retention_days: z
    .int()
    .check(z.meta({ description: 'How long to keep the results of jobs after settlement.' })),
  audit_addresses: z
    .enum(['on', 'off'])
    .check(z.meta({ description: "off: audit entries do not store the caller's IP address." })),
});

export type SettingsView = z.infer<typeof settingsView>;
