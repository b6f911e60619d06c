// Attacks on the console by other sites and hostile texts: nothing hostile runs, and nothing gets in.

import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, test } from 'vitest';
import { settle } from '../launch.ts';
import { openConsole, type Opened } from './support.ts';

const MINUTES = 600_000;
const HOSTILE = [
  '<img src=x onerror="alert(1)">',
  '"><script>alert(2)</script>',
  'javascript:alert(3)',
  '{{constructor.constructor("alert(4)")()}}',
];

let opened: Opened;
let foreign: Server;
beforeAll(async () => {
  opened = await openConsole();
  // Another port of the same host: SameSite takes it for the same site.
  foreign = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end('<!doctype html><title>foreign</title><p>foreign</p>');
  });
  await new Promise<void>((done) => {
    foreign.listen(0, '127.0.0.1', done);
  });
});
afterEach(() => opened.leave());
afterAll(async () => {
  await opened.end();
  foreign.close();
});

const foreignUrl = () => {
  const address = foreign.address() as AddressInfo;
  return `http://127.0.0.1:${address.port}/`;
};

const settings = async () => (await opened.stage.admin('GET', '/admin/settings')).body;

test('another port with the cookie of a signed-in browser', { timeout: MINUTES }, async ({ expect }) => {
  const { stage } = opened;
  const page = await opened.operator();
  await page.goto(foreignUrl());
  const tried = await page.evaluate(async (base) => {
    const call = async (path: string, init: RequestInit) => {
      try {
        const response = await fetch(base + path, { credentials: 'include', ...init });
        return `${response.type} ${response.status}`;
      } catch {
        return 'blocked';
      }
    };
    return {
      read: await call('admin/settings', {}),
      readBlind: await call('admin/settings', { mode: 'no-cors' }),
      change: await call('admin/settings', {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json' },
        body: '{"submits":"off"}',
      }),
      changeBlind: await call('admin/customers', {
        method: 'POST',
        mode: 'no-cors',
        body: new Blob(['{"name":"Mallory"}']),
      }),
      signOut: await call('session', { method: 'DELETE' }),
    };
  }, stage.url.href);
  expect(tried).toEqual({
    read: 'blocked',
    readBlind: 'opaque 0',
    change: 'blocked',
    changeBlind: 'opaque 0',
    signOut: 'blocked',
  });
  expect((await settings()).submits).toBe('on');
  expect((await stage.admin('GET', '/admin/customers?search=Mallory')).body.items).toEqual([]);
  // A form that posts, and a link that is followed, are the browser's own doing.
  await page.evaluate((base) => {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = `${base}session/links`;
    form.enctype = 'text/plain';
    document.body.append(form);
    form.submit();
  }, stage.url.href);
  await page.getByText(/"code":"unsupported_media_type"/).waitFor();
  await page.goto(new URL('/console/', stage.url).href);
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
});

test('the console in a frame of another page', { timeout: MINUTES }, async ({ expect }) => {
  const page = await opened.operator();
  await page.goto(foreignUrl());
  const source = new URL('/console/', opened.stage.url).href;
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.src = src;
    document.body.append(frame);
    return new Promise((done) => {
      frame.addEventListener('load', done);
    });
  }, source);
  const texts = await Promise.all(page.frames().map((frame) => frame.locator('body').innerText()));
  expect(texts.join(' ')).not.toContain('Overview');
  // Not a page of the console that has yet to draw itself, either.
  expect(page.frames().map((frame) => frame.url())).toEqual([foreignUrl(), 'chrome-error://chromewebdata/']);
});

test('a script finds neither the cookie nor a token', { timeout: MINUTES }, async ({ expect }) => {
  const page = await opened.operator();
  const found = await page.evaluate(() => ({
    cookie: document.cookie,
    stored: JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    url: location.href,
  }));
  expect(found.cookie).toBe('');
  expect(found.stored).not.toContain('token');
  expect(found.url).toMatch(/\/console\/$/);
});

async function visit(page: Page, paths: string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(new URL(`/console${path}`, opened.stage.url).href);
    await page.locator('h1').first().waitFor();
    await page.getByText('Loading …').first().waitFor({ state: 'detached' });
    await settle(page);
    await page.mouse.wheel(0, 5_000);
  }
}

test(
  'names, descriptions, prompts and errors that are HTML are text',
  { timeout: MINUTES },
  async ({ expect }) => {
    const { stage, complaints } = opened;
    // Those of the attacks above are what a browser says of a page that it stops.
    complaints.length = 0;
    const page = await opened.operator();
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    const paths = ['/', '/jobs', '/customers', '/keys', '/models', '/settings'];
    for (const text of HOSTILE) {
      const { id } = (await stage.admin('POST', '/admin/customers', { name: text, external_id: text })).body;
      const issued = (await stage.admin('POST', `/admin/customers/${id}/keys`, { name: text })).body;
      await stage.admin('POST', `/admin/customers/${id}/credits`, { amount_usd: 1, note: text });
      const { body } = await opened.submit(issued.key, { prompt: text });
      const { jobs } = await stage.simulator('GET', '/_simulator/accepted');
      await stage.simulator('POST', `/_simulator/jobs/${jobs.at(-1).id}/finish`, {
        as: 'failed',
        error: text,
      });
      await stage.call(`/v1/requests/${body.request_id}/result`, { token: issued.key });
      paths.push(`/customers/${id}`, `/jobs/${body.request_id}`);
    }
    const [hostile = ''] = HOSTILE;
    await stage.admin('PUT', '/admin/models/acme/hostile', {
      display_name: hostile,
      description: HOSTILE.join('\n'),
      input_schema: { type: 'object', properties: { prompt: { type: 'string', description: hostile } } },
      price: { usd: 0.01, unit: 'output' },
    });
    await visit(page, [...paths, '/model/acme/hostile', `/jobs?search=${encodeURIComponent(hostile)}`]);
    await page.goto(new URL('/console/customers', stage.url).href);
    await page.getByText(hostile).first().waitFor();
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([stage.url.host]);
  },
);

test('a name that looks like a formula is escaped in the CSV', { timeout: MINUTES }, async ({ expect }) => {
  const { stage } = opened;
  for (const name of ['=HYPERLINK("http://x")', '+1', '@SUM(1)', 'a, "b"']) {
    await stage.admin('POST', '/admin/customers', { name });
  }
  const page = await opened.operator();
  await page.goto(new URL('/console/customers', stage.url).href);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const text = readFileSync(await (await saved).path(), 'utf8');
  expect(text).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(text).toContain("'+1,");
  expect(text).toContain("'@SUM(1),");
  expect(text).toContain('"a, ""b""",');
});
