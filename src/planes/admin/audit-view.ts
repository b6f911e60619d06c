// Responses of /admin/audit. The Worker imports only the types.

import * as z from 'zod/mini';

const value = z.unknown().check(z.meta({ description: 'Any JSON value.' }));

export const auditEntryView = z
  .strictObject({
    id: z.int(),
    at: z.string(),
    actor: z
      .string()
      .check(
        z.meta({ description: 'The name of the admin token, or the id of the key, that made the change.' }),
      ),
    session: z
      .nullable(z.string())
      .check(z.meta({ description: 'The session of the actor. null: the actor sent a token or a key.' })),
    action: z.string(),
    object: z.string().check(z.meta({ description: 'The id of the changed object.' })),
    asked: z
      .nullable(z.record(z.string(), value))
      .check(
        z.meta({ description: 'The request body. null: it was erased, together with changes and address.' }),
      ),
    changes: z
      .array(z.strictObject({ field: z.string(), before: value, after: value }))
      .check(z.meta({ description: 'The fields that changed, with their values before and after.' })),
    address: z.nullable(z.string()),
    trace_id: z.string(),
  })
  .check(z.meta({ id: 'AuditEntry' }));

export const auditChainView = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.int(),
      row: z.nullable(
        z.strictObject({
          id: z.int(),
          at_ms: z.int(),
          actor: z.string(),
          session_id: z.nullable(z.string()),
          action: z.string(),
          object: z.string(),
          trace_id: z.string(),
        }),
      ),
      details: z.nullable(
        z.strictObject({
          salt: z.string(),
          before: z.nullable(z.string()),
          after: z.nullable(z.string()),
          change: z.string(),
          address: z.nullable(z.string()),
        }),
      ),
      seal: z.nullable(
        z.strictObject({
          upto_id: z.int(),
          details_sha256: z.nullable(z.string()),
          sha256: z.string(),
        }),
      ),
    }),
  ),
});

export type AuditEntryView = z.infer<typeof auditEntryView>;
export type AuditChainView = z.infer<typeof auditChainView>;
