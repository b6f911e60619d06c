// From a picture on the person's disk to a clip, on two origins, and what may come between: a reload, a cancel, a token that
// is over, a quota that is full, a file that is none.

import { readFileSync } from 'node:fs';
import type { Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, test, vi } from 'vitest';
import { GATEWAY } from '../../../scripts/local-cloud.ts';
import { settle } from '../launch.ts';
import { fill, openExample, PICTURE, runButton, type Opened } from './support.ts';

vi.setConfig({ testTimeout: 600_000 });

let opened: Opened;

beforeAll(async () => {
  opened = await openExample();
});
afterEach(async () => {
  await opened.leave();
  await hold(null);
});
afterAll(() => opened.end());

const hold = (state: 'in_queue' | null) =>
  opened.stage.simulator('POST', '/_simulator/settings', { hold: state });

const says = (page: Page, words: string | RegExp) => page.getByText(words).first().waitFor();

/** All jobs of the shop, newest first. */
async function jobs(): Promise<any[]> {
  return (await opened.stage.call('/v1/requests?limit=100', { token: opened.key })).body.items;
}

/** The page gets this in the place of the next token of its server. */
async function giveToken(page: Page, fields: object): Promise<void> {
  const { port } = opened.stage.url;
  const body = { models: ['bytedance/*'], origins: [`http://localhost:${port}`], end_user: 'ada', ...fields };
  const minted = await opened.stage.call('/v1/tokens', { method: 'POST', token: opened.key, body });
  const { token, end_user } = minted.body;
  const json = { gate: opened.stage.url.origin, token, end_user };
  await page.route('**/example/token', (route) => route.fulfill({ json }));
}

test('a picture from disk becomes a clip, with a reload in the middle, as one job', async ({ expect }) => {
  const before = (await jobs()).length;
  const page = await opened.visitor();
  await fill(page);
  await hold('in_queue');
  await runButton(page).click();
  await says(page, 'Waiting');
  await says(page, '$1.75 of $2.00');
  await page.reload();
  await says(page, 'Waiting');
  expect(await page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toContain('The beam');
  await hold(null);
  const clip = page.getByLabel('The clip');
  await clip.waitFor();
  await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
  expect(await clip.getAttribute('src')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/files\/.*\.mp4$/);
  const [job, ...others] = await jobs();
  expect(others).toHaveLength(before);
  expect(job).toMatchObject({ state: 'succeeded', charge_usd: 0.25 });
  const file = await page.getByRole('img', { name: 'The chosen file' }).getAttribute('src');
  expect(file).toMatch(new RegExp(`^${opened.stage.url.origin}/files/[^/]+/lighthouse\\.png$`));
  // Nothing is open any more.
  await page.reload();
  await page.getByRole('group', { name: 'Model' }).waitFor();
  await says(page, /of \$2\.00$/);
  await settle(page);
  expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
  expect(opened.complaints).toEqual([]);
});

test('a reload while the submit is on its way is still one job', async ({ expect }) => {
  const before = (await jobs()).length;
  const page = await opened.visitor();
  await fill(page);
  const reloaded = Promise.withResolvers<unknown>();
  // The gateway takes it, and the page never hears of that.
  await page.route(/\/v1\/models\/bytedance\/.*/, async (route) => {
    await route.fetch();
    await page.unroute(/\/v1\/models\/bytedance\/.*/);
    reloaded.resolve(page.reload());
  });
  await runButton(page).click();
  await reloaded.promise;
  await page.getByLabel('The clip').waitFor();
  expect(await jobs()).toHaveLength(before + 1);
});

test('a cancel ends the job and releases its hold', async ({ expect }) => {
  await hold('in_queue');
  const page = await opened.visitor();
  await fill(page);
  await runButton(page).click();
  await says(page, '$1.75 of $2.00');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await says(page, 'Cancelled. Nothing was charged.');
  await says(page, '$2.00 of $2.00');
  expect((await jobs())[0]).toMatchObject({ state: 'cancelled', charge_usd: 0 });
});

test('a job that has started cannot be cancelled and continues', async ({ expect }) => {
  await opened.stage.simulator('POST', '/_simulator/settings', { hold: 'in_progress' });
  const page = await opened.visitor();
  await fill(page);
  await runButton(page).click();
  await page.getByText('In progress').last().waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await says(page, 'It has started and can no longer be cancelled.');
  await hold(null);
  await page.getByLabel('The clip').waitFor();
  expect((await jobs())[0]).toMatchObject({ state: 'succeeded' });
});

test('an expired token is renewed silently', async ({ expect }) => {
  const db = await opened.stage.miniflare.getD1Database('DB', GATEWAY);
  let minted = 0;
  const page = await opened.visitor({}, (fresh) =>
    fresh.route('**/example/token', async (route) => {
      const response = await route.fetch();
      minted += 1;
      if (minted === 1) {
        const { end_user: endUser } = await response.json();
        await db.prepare('UPDATE keys SET expires_at_ms = 1 WHERE end_user = ?1').bind(endUser).run();
      }
      await route.fulfill({ response });
    }),
  );
  await fill(page);
  await runButton(page).click();
  await page.getByLabel('The clip').waitFor();
  expect(minted).toBe(2);
});

test('a token that is revoked while the job runs is renewed, and the job is followed', async ({ expect }) => {
  await hold('in_queue');
  const page = await opened.visitor();
  await fill(page);
  await runButton(page).click();
  await says(page, 'Waiting');
  const [newest] = (await opened.stage.call('/v1/tokens?status=active', { token: opened.key })).body.items;
  const renewed = page.waitForResponse(/\/example\/token$/);
  await opened.stage.call(`/v1/tokens/${newest.id}`, { method: 'DELETE', token: opened.key });
  await renewed;
  await hold(null);
  await page.getByLabel('The clip').waitFor();
  expect((await jobs())[0]).toMatchObject({ state: 'succeeded' });
});

test('a reached limit names its scope', async ({ expect }) => {
  const page = await opened.visitor({}, (fresh) => giveToken(fresh, { max_requests: 1 }));
  await fill(page);
  await says(page, '1 of 1 runs');
  await runButton(page).click();
  await page.getByLabel('The clip').waitFor();
  await says(page, '0 of 1 runs');
  const before = (await jobs()).length;
  await runButton(page).click();
  await says(page, 'You have used everything in this visit');
  await says(page, 'requests_total of this browser token: 1 of 1 used.');
  expect(await jobs()).toHaveLength(before);
});

test('a job that fails says why', async ({ expect }) => {
  const page = await opened.visitor();
  await fill(page);
  await page.getByRole('textbox', { name: 'Prompt' }).fill('[sim:fail] a lighthouse');
  await page.getByRole('button', { name: 'Make the clip $0.25' }).waitFor();
  await runButton(page).click();
  await page.getByRole('alert').waitFor();
  await says(page, '$2.00 of $2.00');
  expect((await jobs())[0]).toMatchObject({ state: 'failed', charge_usd: 0 });
});

test('errors appear at their fields, and nothing is sent', async ({ expect }) => {
  const before = (await jobs()).length;
  const page = await opened.visitor();
  await runButton(page).click();
  const file = page.getByLabel('Image: choose a file');
  await expect.poll(() => file.evaluate((input) => input === document.activeElement)).toBe(true);
  await says(page, 'Required.');
  await file.setInputFiles({ name: 'page.png', mimeType: 'image/png', buffer: Buffer.from('<html>') });
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('img', { name: 'The chosen file' }).count()).toBe(0);
  expect(await jobs()).toHaveLength(before);
});

/** Uploads of the page wait until `answer` is called. */
async function holdUploads(page: Page) {
  const waiting: (() => void)[] = [];
  await page.route('**/v1/files*', async (route) => {
    await new Promise<void>((done) => {
      waiting.push(done);
    });
    await route.continue().catch(() => undefined);
  });
  return { waiting, answer: () => waiting.splice(0).forEach((done) => done()) };
}

test('an upload that ends after the model was changed does not change it back', async ({ expect }) => {
  const page = await opened.visitor();
  const { waiting, answer } = await holdUploads(page);
  await page.getByLabel('Image: choose a file').setInputFiles(PICTURE);
  await expect.poll(() => waiting).toHaveLength(1);
  const chosen = page.getByRole('radio', { name: /text to video/i });
  await chosen.check();
  answer();
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a boat');
  await page.getByRole('button', { name: /^Make the clip \$/ }).waitFor();
  await settle(page);
  expect(await chosen.isChecked()).toBe(true);
});

const isOfFirst = (request: Request) => request.url().endsWith('first.png');

test('of two files, the page takes the one that was chosen last', async ({ expect }) => {
  const page = await opened.visitor();
  const { waiting, answer } = await holdUploads(page);
  const field = page.getByLabel('Image: choose a file');
  const buffer = readFileSync(PICTURE);
  await field.setInputFiles({ name: 'first.png', mimeType: 'image/png', buffer });
  await expect.poll(() => waiting).toHaveLength(1);
  const [first = () => undefined] = waiting.splice(0);
  const over = Promise.race([
    page.waitForEvent('requestfinished', isOfFirst),
    page.waitForEvent('requestfailed', isOfFirst),
  ]);
  await field.setInputFiles({ name: 'second.png', mimeType: 'image/png', buffer });
  await expect.poll(() => waiting).toHaveLength(1);
  answer();
  const picture = page.getByRole('img', { name: 'The chosen file' });
  await picture.waitFor();
  first();
  await over;
  // Within two frames the page shows an answer.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(await picture.getAttribute('src')).toMatch(/second\.png$/);
});
