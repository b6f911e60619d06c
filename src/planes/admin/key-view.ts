// A key as the operator sees it. The Worker imports only the types.

import * as z from 'zod/mini';
import { limitsView } from '../../http/limits-view.ts';

const members = {
  id: z.string(),
  customer: z.string(),
  kind: z.enum(['secret', 'browser']),
  parent: z
    .nullable(z.string())
    .check(z.meta({ description: 'The secret key that created this browser token.' })),
  successor_of: z
    .nullable(z.string())
    .check(z.meta({ description: 'The key that this one replaced by rotation.' })),
  hint: z.string().check(z.meta({ description: 'The first characters of the key.' })),
  name: z.string(),
  models: z
    .nullable(z.array(z.string()))
    .check(z.meta({ description: 'Model ids, and prefixes such as bytedance/*. null: every model.' })),
  limits: limitsView,
  origins: z
    .nullable(z.array(z.string()))
    .check(z.meta({ description: 'The pages that can use the browser token. null: every page.' })),
  end_user: z
    .nullable(z.string())
    .check(z.meta({ description: "The customer's end user that the browser token belongs to." })),
  expires_at: z.nullable(z.string()),
  revoked_at: z.nullable(z.string()),
  last_used_at: z
    .nullable(z.string())
    .check(z.meta({ description: 'Accurate to an hour. null: never used.' })),
  created_at: z.string(),
};

export const keyView = z.strictObject(members).check(z.meta({ id: 'Key' }));

/** The response to a change of a key. */
export const changedKeyView = z.strictObject({ ...members, warnings: z.optional(z.array(z.string())) });

export const newKeyView = z.strictObject({
  ...members,
  key: z.string().check(z.meta({ description: 'The key. It is shown only in this response.' })),
  warnings: z.optional(z.array(z.string())),
});

export const foundKeyView = z.strictObject({
  ...members,
  last_day: z.strictObject({ jobs: z.int(), spent_usd: z.number(), complete: z.boolean() }).check(
    z.meta({
      description:
        'Jobs of the last 24 hours, their charges and open holds. complete is false if there are more jobs than were counted.',
    }),
  ),
  revoke: z
    .nullable(z.string())
    .check(z.meta({ description: 'The call that revokes the key. null: the key is revoked.' })),
});

export const rotatedKeyView = z.strictObject({
  ...members,
  key: z.string().check(z.meta({ description: 'The new key. It is shown only in this response.' })),
  old: z.strictObject({ id: z.string(), expires_at: z.nullable(z.string()) }),
});

export type FoundKeyView = z.infer<typeof foundKeyView>;
export type RotatedKeyView = z.infer<typeof rotatedKeyView>;
export type KeyView = z.infer<typeof keyView>;
export type ChangedKeyView = z.infer<typeof changedKeyView>;
export type NewKeyView = z.infer<typeof newKeyView>;
