// In a page of another origin the client tells each refusal of the table of routes as the gateway wrote it: body and
// Retry-After get through CORS, by fetch and by XMLHttpRequest.

import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { test } from 'vitest';
import { ROOT } from '../bundle/support.ts';
import type { Heard } from '../client/refuse-all.ts';
import { openRefusingGate } from '../client/refusing.ts';
import { launchChromium } from './launch.ts';

/** A page on another host with the client. The test controls its answers. */
async function openPage(): Promise<{ origin: string; end: () => void }> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'test/client/refuse-all.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const server = createServer(({ url }, response) => {
    const isScript = url === '/client.js';
    response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' });
    response.end(isScript ? outputFiles[0]!.contents : '<!doctype html><title>A page</title>');
  });
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://localhost:${port}`, end: () => server.close() };
}

/** A function of the page's module, and not of this file's: so it is a text. */
function call(page: Page, name: string, ...args: unknown[]): Promise<any> {
  return page.evaluate(`import('/client.js').then((client) => client.${name}(...${JSON.stringify(args)}))`);
}

test('each call reports each refusal of its route', { timeout: 600_000 }, async ({ expect }) => {
  const [gate, site, browser] = await Promise.all([openRefusingGate(), openPage(), launchChromium()]);
  const page = await browser.newPage();
  await page.goto(site.origin);
  const heard: Heard[] = await call(page, 'hearAll', gate.origin, gate.pairs);
  const told: { sent: number; total: number }[] = await call(page, 'progressOf', gate.origin, 3_000_000);
  const stopped = await call(page, 'stoppedUpload', gate.origin);
  await browser.close();
  gate.end();
  site.end();
  expect(heard).toEqual(gate.expected);
  expect(told.at(-1)).toEqual({ sent: 3_000_000, total: 3_000_000 });
  expect(stopped).toEqual({ thrown: 'Error: enough' });
});
