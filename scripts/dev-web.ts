// `npm run dev:web`: serves the pages from their sources, with reloads, in front of a running gateway (`npm start`, or
// GATEWAY=https://…). It does not send the policy of web/public/_headers: test that with `npm start`.

import { join, resolve } from 'node:path';
import { createServer } from 'vite';
import { say } from './terminal.ts';

const ROOT = resolve(import.meta.dirname, '..');
const server = await createServer({ root: join(ROOT, 'web'), configFile: join(ROOT, 'web/vite.config.ts') });
await server.listen();
const [url = ''] = server.resolvedUrls?.local ?? [];
say(`The console is at ${url}console/`);
