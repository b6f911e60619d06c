// A file as its owner sees it. The Worker imports only the type.

import * as z from 'zod/mini';

const side = z.optional(z.int()).check(
  z.meta({
    description:
      'In pixels. Absent for files that are not images, and for images whose size could not be read.',
  }),
);

export const fileView = z
  .strictObject({
    id: z.string(),
    url: z.string().check(
      z.meta({
        description: 'Use it as a model input or in a page. Anyone who has the URL can read the file.',
      }),
    ),
    content_type: z.string().check(z.meta({ description: 'Detected from the first bytes of the file.' })),
    bytes: z.int(),
    width: side,
    height: side,
    expires_at: z.iso.datetime().check(z.meta({ description: 'When the file is deleted.' })),
  })
  .check(z.meta({ id: 'File' }));

export type FileView = z.infer<typeof fileView>;
