// A file as its owner sees it. The Worker imports the type alone.

import * as z from 'zod/mini';

const side = z
  .optional(z.int())
  .check(z.meta({ description: 'In pixels; absent where it is no image, or one that was not measured.' }));

export const fileView = z
  .strictObject({
    id: z.string(),
    url: z
      .string()
      .check(z.meta({ description: 'For inputs of models and for pages: whoever has it reads the file.' })),
    content_type: z.string().check(z.meta({ description: 'As the first bytes of the file say.' })),
    bytes: z.int(),
    width: side,
    height: side,
    expires_at: z.iso.datetime().check(z.meta({ description: 'From then on the file is gone.' })),
  })
  .check(z.meta({ id: 'File' }));

export type FileView = z.infer<typeof fileView>;
