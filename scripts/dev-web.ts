// `npm run dev:web`: the pages from their sources, with reloads, in front of a gateway that runs (`npm start`, or
// GATEWAY=https://…). The policy of web/public/_headers is not sent here: look at it with `npm start`.

import { join, resolve } from 'node:path';
import { createServer } from 'vite';
import { say } from './terminal.ts';

const ROOT = resolve(import.meta.dirname, '..');
const server = await createServer({ root: join(ROOT, 'web'), configFile: join(ROOT, 'web/vite.config.ts') });
await server.listen();
const [url = ''] = server.resolvedUrls?.local ?? [];
say(`The console is at ${url}console/`);
