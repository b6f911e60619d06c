// Exports D1 to an SQL file and imports one. D1 answers no queries meanwhile. Both poll until D1 is done. A failed import
// changes nothing.

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { Mistake } from '../terminal.ts';
import { within, type Cloud } from './cloud.ts';

const progress = z.looseObject({
  status: z.optional(z.string()),
  at_bookmark: z.optional(z.string()),
  error: z.optional(z.nullable(z.string())),
  errors: z.optional(z.nullable(z.array(z.string()))),
  upload_url: z.optional(z.string()),
  filename: z.optional(z.string()),
  result: z.optional(z.nullable(z.looseObject({ signed_url: z.optional(z.string()) }))),
});

type Progress = z.infer<typeof progress>;
type Step = (body: object) => Promise<Progress>;

const PAUSE_MS = 500;

export async function exportTo(cloud: Cloud, databaseId: string, file: string): Promise<void> {
  const ask = stepOf(cloud, databaseId, 'export');
  const done = await untilDone(await ask({ output_format: 'polling' }), (at) =>
    ask({ output_format: 'polling', current_bookmark: at }),
  );
  const url = done.result?.signed_url;
  const response = url === undefined ? null : await fetch(url);
  if (response === null || !response.ok) {
    throw new Mistake('The export succeeded, but the file could not be downloaded. Run the command again.');
  }
  writeFileSync(file, Buffer.from(await response.arrayBuffer()), { mode: 0o600 });
}

export async function importFrom(cloud: Cloud, databaseId: string, sql: string): Promise<void> {
  const ask = stepOf(cloud, databaseId, 'import');
  const etag = createHash('md5').update(sql).digest('hex');
  const { upload_url: url, filename } = await ask({ action: 'init', etag });
  if (url !== undefined) {
    const sent = await fetch(url, { method: 'PUT', body: sql });
    if (sent.headers.get('etag')?.replaceAll('"', '') !== etag) {
      throw new Mistake('The upload of the file was incomplete. Nothing was changed. Run the command again.');
    }
  }
  await untilDone(await ask({ action: 'ingest', etag, filename }), (at) =>
    ask({ action: 'poll', current_bookmark: at }),
  );
}

function stepOf(cloud: Cloud, databaseId: string, what: string): Step {
  const path = within(cloud, `/d1/database/${databaseId}/${what}`);
  return (body) => cloud.api.call(progress, path, { method: 'POST', body });
}

async function untilDone(
  first: Progress,
  again: (at: string | undefined) => Promise<Progress>,
): Promise<Progress> {
  let now = first;
  while (now.status !== 'complete') {
    if (now.status === 'error') {
      throw new Mistake(`D1 reported an error: ${now.error ?? now.errors?.join('; ') ?? 'no reason given'}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    now = await again(now.at_bookmark);
  }
  return now;
}
