// The answer of GET /. The Worker imports the type alone.

import * as z from 'zod/mini';

export const welcomeView = z
  .strictObject({
    name: z.literal('comfygate'),
    description: z.string(),
    links: z
      .strictObject({
        openapi: z.string().check(z.meta({ description: "The customers' API as an OpenAPI document." })),
        models: z.string().check(z.meta({ description: 'What is offered, with your prices; needs a key.' })),
        key: z.string().check(z.meta({ description: 'Your limits and what is left of them; needs a key.' })),
        health: z.string().check(z.meta({ description: 'The state of this gateway; needs an admin token.' })),
        runcomfy: z.string().check(z.meta({ description: "RunComfy's documentation of its Model API." })),
      })
      .check(z.meta({ description: 'Absolute URLs.' })),
  })
  .check(z.meta({ id: 'Welcome' }));

export type WelcomeView = z.infer<typeof welcomeView>;
