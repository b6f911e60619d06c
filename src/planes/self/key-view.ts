// A key as its holder sees it. The Worker imports only the type.

import * as z from 'zod/mini';
import { limitUsageView } from '../../http/limits-view.ts';

export const ownKeyView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    hint: z.string().check(z.meta({ description: 'The first characters of the key.' })),
    kind: z.enum(['secret', 'browser']),
    models: z
      .nullable(z.array(z.string()))
      .check(
        z.meta({ description: 'Model ids, and prefixes such as bytedance/*. null: every model on offer.' }),
      ),
    expires_at: z.nullable(z.string()),
    limits: z.array(limitUsageView).check(
      z.meta({
        description: 'The limits of this key and of its customer. For a browser token, only its own limits.',
      }),
    ),
    balance_usd: z
      .optional(z.number())
      .check(z.meta({ description: 'The prepaid balance. It includes the amount of open holds.' })),
    held_usd: z.optional(z.number()).check(
      z.meta({
        description:
          'The amount of open holds. Each becomes a charge or is released. You can spend balance_usd − held_usd.',
      }),
    ),
  })
  .check(z.meta({ id: 'OwnKey' }));

export const rotatedOwnKeyView = z
  .strictObject({
    id: z.string(),
    key: z.string().check(z.meta({ description: 'The new key. It is shown only in this response.' })),
    hint: z.string(),
    expires_at: z.nullable(z.string()),
    old: z
      .strictObject({ id: z.string(), expires_at: z.nullable(z.string()) })
      .check(z.meta({ description: 'The key that you called with, and when it stops working.' })),
  })
  .check(z.meta({ id: 'RotatedKey' }));

export type RotatedOwnKeyView = z.infer<typeof rotatedOwnKeyView>;
export type OwnKeyView = z.infer<typeof ownKeyView>;
