// A session as the operator sees it. The Worker imports only the type.

import * as z from 'zod/mini';

export const openedSessionView = z
  .strictObject({
    id: z.string(),
    actor: z.string(),
    agent: z.string().check(z.meta({ description: "The browser's User-Agent." })),
    current: z.boolean().check(z.meta({ description: 'true for the session of this call.' })),
    created_at: z.string(),
    expires_at: z.string(),
  })
  .check(z.meta({ id: 'Session' }));

export type OpenedSessionView = z.infer<typeof openedSessionView>;
