// /admin/models/sync: starts a catalogue sync, accepts changes that wait for a decision, shows the last result.

import * as z from 'zod/mini';
import { getSync, syncCatalogue } from '../../features/catalogue-sync/sync.ts';
import { showSync } from '../../features/catalogue-sync/sync-report.ts';
import { answer, route } from '../../http/route.ts';

const order = z.strictObject({
  accept: z._default(
    z.union([z.enum(['all']), z.array(z.string().check(z.maxLength(200))).check(z.maxLength(500))]),
    [],
  ),
});

export const syncRoutes = {
  getSync: route({
    method: 'GET',
    path: '/admin/models/sync',
    door: 'admin',
    summary: 'Get the result of the last catalogue sync and the progress of a running one.',
    refusals: [],
    run: async ({ runtime }) => showSync(await getSync(runtime)),
  }),
  syncModels: route({
    method: 'POST',
    path: '/admin/models/sync',
    door: 'admin',
    summary: "Sync with RunComfy's catalogue now, and accept changes that wait for a decision.",
    body: order,
    optionalBody: true,
    status: [200, 502],
    held: true,
    refusals: ['conflict'],
    audit: 'catalogue.sync',
    async run({ runtime, body, creation: { actor, traceId } }) {
      const report = await syncCatalogue(runtime, { accepted: body.accept, actor, traceId });
      return answer(report, { status: report.state === 'failed' ? 502 : 200 });
    },
  }),
};
