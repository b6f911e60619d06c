// Real pages in a real Chromium against the built gateway: what a page is answered it can also read, refusals above all. A
// call that CORS hides from the page would show as "TypeError: Failed to fetch".

import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { GATEWAY } from '../../scripts/local-cloud.ts';
import { raise, ROOT, type Stage } from '../bundle/support.ts';
import { launchChromium, PATIENCE_MS } from './launch.ts';

const MODEL = 'bytedance/dreamina-3-0/pro/text-to-video';
const PAGE = readFileSync(join(ROOT, 'test/browser/page.html'), 'utf8');

/** A site of its own: its page, and a backend that mints a token for it with the secret key. */
type Site = { origin: string; end: () => void };

let browser: Browser;
let stage: Stage;
let shop: Site;
let thief: Site;
let key = '';

beforeAll(async () => {
  [browser, stage] = await Promise.all([launchChromium(), raise()]);
  await stage.simulator('POST', '/_simulator/settings', { queue_ms: 0, run_ms: 0 });
  key = (await stage.tenant()).token;
  shop = await openSite('localhost');
  // The same host as the gateway on another port: another origin, and still the same site.
  thief = await openSite('127.0.0.1');
});

afterAll(async () => {
  await browser?.close();
  shop?.end();
  thief?.end();
  await stage?.end();
});

/** On a port of its own. */
async function openSite(host: string): Promise<Site> {
  const server: Server = createServer((request, response) => {
    if (request.method === 'POST' && request.url === '/token') {
      void answerWithToken(response);
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(PAGE);
  });
  await new Promise<void>((listening) => server.listen(0, host, listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://${host}:${String(port)}`, end: () => server.close() };
}

async function answerWithToken(response: ServerResponse): Promise<void> {
  const { token } = await mint();
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ token }));
}

/** A token for the shop's page. */
async function mint(fields: object = {}): Promise<{ id: string; token: string }> {
  const asked = { models: [MODEL], origins: [shop.origin], ...fields };
  const { status, body } = await stage.call('/v1/tokens', { method: 'POST', token: key, body: asked });
  if (status !== 201) {
    throw new Error(`not minted: ${JSON.stringify(body)}`);
  }
  return body;
}

/** The text of a page of this site after it tried to run a job, with this token or one from its server. */
async function saidBy({ origin }: Site, token?: string): Promise<string> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const given = { gate: stage.url.origin, model: MODEL, ...(token === undefined ? {} : { token }) };
  await page.goto(`${origin}/#${new URLSearchParams(given).toString()}`);
  await page.waitForSelector('#said:not(:empty)');
  const said = (await page.textContent('#said')) ?? '';
  await page.close();
  return said;
}

test('an allowed page gets a token from its own server and runs a job to its result', async ({ expect }) => {
  expect(await saidBy(shop)).toBe('succeeded: mp4');
});

test('a page of another origin gets a readable refusal', async ({ expect }) => {
  const { token } = await mint();
  expect(await saidBy(thief, token)).toBe(
    'Error: 403 origin_not_allowed: The origin of this page may not use this browser token: it is bound to other origins.',
  );
  expect(await saidBy(shop, token)).toBe('succeeded: mp4');
});

test('a page with an expired token gets a readable refusal', async ({ expect }) => {
  const { id, token } = await mint();
  const db = await stage.miniflare.getD1Database('DB', GATEWAY);
  await db.prepare('UPDATE keys SET expires_at_ms = 1 WHERE id = ?1').bind(id).run();
  expect(await saidBy(shop, token)).toBe(
    'Error: 401 invalid_key: The browser token is unknown, revoked or expired. Get a new one from your server.',
  );
});

test('a page with a revoked token gets a readable refusal', async ({ expect }) => {
  const { id, token } = await mint();
  expect(await saidBy(shop, token)).toBe('succeeded: mp4');
  await stage.call(`/v1/tokens/${id}`, { method: 'DELETE', token: key });
  expect(await saidBy(shop, token)).toBe(
    'Error: 401 invalid_key: The browser token is unknown, revoked or expired. Get a new one from your server.',
  );
});

test('a page with a used-up token learns which limit it reached', async ({ expect }) => {
  const { token } = await mint({ max_requests: 1 });
  expect(await saidBy(shop, token)).toBe('succeeded: mp4');
  expect(await saidBy(shop, token)).toBe(
    'Error: 429 request_limit: requests_total of this browser token: 1 of 1 used.',
  );
  const poor = await mint({ max_spend_usd: 0.1 });
  expect(await saidBy(shop, poor.token)).toBe(
    'Error: 402 spend_limit: spend_total_usd of this browser token: 0 of 0.1 USD used. This call needs 0.25 USD.',
  );
});

test.for(['cross-site', 'same-site'])(
  'a page with a secret key in it, %s, reads what to do',
  async (site, { expect }) => {
    expect(await saidBy(site === 'cross-site' ? shop : thief, key)).toBe(
      'Error: 403 key_in_page: A secret key was sent from a web page, where everybody can read it. Have it revoked, keep ' +
        'the new one on your server, and give the page a browser token that the server gets from POST /v1/tokens. A server ' +
        'that passes on a call of its page leaves out Origin and Sec-Fetch-Site.',
    );
  },
);
