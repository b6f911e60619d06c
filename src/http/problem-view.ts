// The body of every refusal: RFC 9457's members and RunComfy's two. The Worker imports only the type.

import * as z from 'zod/mini';
import { limitUsageView } from './limits-view.ts';

export const problemView = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    trace_id: z.uuid(),
    error_code: z.int(),
    error_message: z.string(),
    errors: z.optional(
      z.array(
        z.strictObject({
          path: z.string(),
          rule: z.string(),
          message: z.string(),
          allowed: z.optional(z.unknown()),
          sent: z.optional(z.unknown()),
        }),
      ),
    ),
    limit: z.optional(limitUsageView),
    request_id: z.optional(z.string()),
  })
  .check(
    z.meta({ id: 'Problem', description: 'An error (RFC 9457), with the two members that RunComfy uses.' }),
  );

export type ProblemView = z.infer<typeof problemView>;
