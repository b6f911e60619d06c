// /admin/models/sync: the operator has RunComfy's catalogue read, accepts what waits for their word, or looks what the
// last sync found.

import * as z from 'zod/mini';
import { syncCatalogue } from '../../features/catalogue-sync/sync.ts';
import { showSync } from '../../features/catalogue-sync/sync-report.ts';
import { readSync } from '../../features/catalogue-sync/sync-store.ts';
import { readOptionalJson } from '../../http/body.ts';
import type { AppContext } from '../../http/context.ts';
import { validate } from '../../http/validate.ts';
import { lazy } from '../../lib/lazy.ts';

const order = lazy(() =>
  z.strictObject({
    accept: z._default(
      z.union([z.enum(['all']), z.array(z.string().check(z.maxLength(200))).check(z.maxLength(500))]),
      [],
    ),
  }),
);

export async function getSync(c: AppContext): Promise<Response> {
  return c.json(showSync(await readSync(c.get('deps').db)));
}

export async function postSync(c: AppContext): Promise<Response> {
  const { accept } = validate(order(), await readOptionalJson(c));
  const by = { actor: c.get('actor'), traceId: c.get('traceId') };
  const report = await syncCatalogue(c.get('deps'), { accepted: accept, ...by });
  return c.json(report, report['state'] === 'failed' ? 502 : 200);
}
