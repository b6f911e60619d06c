// A browser token as the key that minted it sees it. The Worker imports the types alone.

import * as z from 'zod/mini';
import { SIGHTS } from '../../features/keys/key.ts';
import { limitsView } from '../../http/limits-view.ts';

const members = {
  id: z.string(),
  hint: z.string().check(z.meta({ description: 'The first characters of the token.' })),
  models: z
    .nullable(z.array(z.string()))
    .check(z.meta({ description: 'Ids, and prefixes such as bytedance/*; null: all of its key.' })),
  limits: limitsView,
  origins: z.nullable(z.array(z.string())).check(z.meta({ description: 'null: bound to none.' })),
  end_user: z.nullable(z.string()),
  see: z
    .enum(SIGHTS)
    .check(z.meta({ description: 'Whose jobs it sees: those that it started, or all of its end user.' })),
  expires_at: z.nullable(z.string()),
  created_at: z.string(),
};

export const tokenView = z
  .strictObject({ ...members, revoked_at: z.nullable(z.string()) })
  .check(z.meta({ id: 'Token' }));

export const newTokenView = z
  .strictObject({
    ...members,
    token: z.string().check(z.meta({ description: 'The token itself. It is shown in this answer alone.' })),
  })
  .check(z.meta({ id: 'NewToken' }));

export type TokenView = z.infer<typeof tokenView>;
export type NewTokenView = z.infer<typeof newTokenView>;
