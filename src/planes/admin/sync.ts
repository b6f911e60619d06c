// /admin/models/sync: the operator has RunComfy's catalogue read, accepts what waits for their word, or looks what the
// last sync found.

import * as z from 'zod/mini';
import { syncCatalogue } from '../../features/catalogue-sync/sync.ts';
import { showSync } from '../../features/catalogue-sync/sync-report.ts';
import { readSync } from '../../features/catalogue-sync/sync-store.ts';
import { readBytes } from '../../http/body.ts';
import type { AppContext } from '../../http/context.ts';
import { validate } from '../../http/validate.ts';
import { parseStrictJson } from '../../lib/json.ts';
import { Problem } from '../../lib/problem.ts';

const order = z.strictObject({
  accept: z._default(
    z.union([z.enum(['all']), z.array(z.string().check(z.maxLength(200))).check(z.maxLength(500))]),
    [],
  ),
});

export async function getSync(c: AppContext): Promise<Response> {
  return c.json(showSync(await readSync(c.get('deps').db)));
}

/** A client that hangs up changes nothing: what was begun goes to its end. */
export function postSync(c: AppContext): Promise<Response> {
  const work = sync(c);
  c.get('deps').after(Promise.allSettled([work]));
  return work;
}

async function sync(c: AppContext): Promise<Response> {
  const deps = c.get('deps');
  const actor = c.get('actor');
  const traceId = c.get('traceId');
  const { accept } = validate(order, await readOptional(c));
  const report = await syncCatalogue(deps, { accepted: accept, actor, traceId });
  if (report === null) {
    throw new Problem('conflict', 'Another sync is under way. GET /admin/models/sync tells how far it is.', {
      retryAfterSeconds: 60,
    });
  }
  return c.json(report, report['state'] === 'failed' ? 502 : 200);
}

async function readOptional(c: AppContext): Promise<unknown> {
  const bytes = await readBytes(c);
  if (bytes.byteLength === 0) {
    return {};
  }
  const parsed = parseStrictJson(bytes);
  if (!parsed.ok) {
    throw new Problem('malformed_body', parsed.detail);
  }
  return parsed.value;
}
