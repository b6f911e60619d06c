// The response of GET /. The Worker imports only the type.

import * as z from 'zod/mini';

export const welcomeView = z
  .strictObject({
    name: z.literal('comfygate'),
    description: z.string(),
    links: z
      .strictObject({
        openapi: z.string().check(z.meta({ description: 'The customer API as an OpenAPI document.' })),
        models: z
          .string()
          .check(z.meta({ description: 'The models on offer, with your prices. Needs a key.' })),
        key: z.string().check(z.meta({ description: 'Your limits and what is left of them. Needs a key.' })),
        health: z.string().check(z.meta({ description: 'The state of this gateway. Needs an admin token.' })),
        runcomfy: z.string().check(z.meta({ description: "RunComfy's documentation of the Model API." })),
      })
      .check(z.meta({ description: 'Absolute URLs.' })),
  })
  .check(z.meta({ id: 'Welcome' }));

export type WelcomeView = z.infer<typeof welcomeView>;
