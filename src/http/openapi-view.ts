// An OpenAPI document as a response. The Worker imports only the type.

import * as z from 'zod/mini';

export const openapiView = z
  .strictObject({
    openapi: z.literal('3.1.0'),
    info: z.record(z.string(), z.unknown()),
    servers: z.array(z.strictObject({ url: z.string() })),
    tags: z.optional(z.array(z.strictObject({ name: z.string(), description: z.string() }))),
    paths: z.record(z.string(), z.unknown()),
    components: z.record(z.string(), z.unknown()),
  })
  .check(z.meta({ id: 'OpenapiDocument', description: 'An OpenAPI 3.1 document.' }));

export type OpenapiView = z.infer<typeof openapiView>;
