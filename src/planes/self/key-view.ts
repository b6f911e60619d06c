// A key as its holder sees it. The Worker imports the type alone.

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
      .check(z.meta({ description: 'Ids, and prefixes such as bytedance/*; null: all that are offered.' })),
    expires_at: z.nullable(z.string()),
    limits: z.array(limitUsageView).check(
      z.meta({
        description: 'The limits of this key and of its customer; of a browser token its own alone.',
      }),
    ),
    balance_usd: z
      .optional(z.number())
      .check(z.meta({ description: 'What is left of a prepaid balance, open holds included.' })),
    held_usd: z.optional(z.number()).check(
      z.meta({
        description: 'Open holds, which become charges or are released. balance_usd − held_usd may be spent.',
      }),
    ),
  })
  .check(z.meta({ id: 'OwnKey' }));

export const rotatedOwnKeyView = z
  .strictObject({
    id: z.string(),
    key: z.string().check(z.meta({ description: 'The new key itself. It is shown in this answer alone.' })),
    hint: z.string(),
    expires_at: z.nullable(z.string()),
    old: z
      .strictObject({ id: z.string(), expires_at: z.nullable(z.string()) })
      .check(z.meta({ description: 'The key that called, and when it dies.' })),
  })
  .check(z.meta({ id: 'RotatedKey' }));

export type RotatedOwnKeyView = z.infer<typeof rotatedOwnKeyView>;
export type OwnKeyView = z.infer<typeof ownKeyView>;
