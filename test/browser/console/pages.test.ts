// Every page for everybody: nothing for axe to find, nothing wider than the screen, in both schemes, by keyboard alone.

import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, test } from 'vitest';
import { settle } from '../launch.ts';
import { seed } from './seed.ts';
import { MODEL, openConsole, type Opened } from './support.ts';

const MINUTES = 600_000;
/** Where pictures of the pages go, to be looked at; none are made where it is not set. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

let opened: Opened;
let paths: Record<string, string>;

beforeAll(async () => {
  opened = await openConsole();
  const { customer, job } = await seed(opened);
  paths = {
    overview: '/',
    jobs: '/jobs',
    job: `/jobs/${job}`,
    customers: '/customers',
    customer: `/customers/${customer}`,
    statement: `/customers/${customer}/statement`,
    keys: '/keys',
    models: '/models',
    model: `/model/${MODEL}`,
    accounts: '/accounts',
    usage: '/usage',
    audit: '/audit',
    settings: '/settings',
  };
});
afterEach(() => opened.leave());
afterAll(() => opened.end());

const LOOKS = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'dark', width: 360 },
] as const;

test.for(LOOKS)('$colorScheme at $width px', { timeout: MINUTES }, async (look, { expect }) => {
  const { colorScheme, width } = look;
  const page = await opened.operator({
    colorScheme,
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
  });
  const found: string[] = [];
  for (const [name, path] of Object.entries(paths)) {
    await page.goto(new URL(`/console${path}`, opened.stage.url).href);
    await page.locator('h1').first().waitFor();
    await page.getByText('Loading …').first().waitFor({ state: 'detached' });
    await settle(page);
    const beyond = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    found.push(...(beyond > 0 ? [`${name}: ${beyond} px too wide`] : []));
    // On a narrow screen a table scrolls in its frame; on a usual one nothing of it is cut off.
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('[role=region]')]
        .filter((table) => table.scrollWidth > table.clientWidth)
        .map((table) => table.ariaLabel),
    );
    found.push(...(width < 1280 ? [] : cut.map((label) => `${name}: the table ${label} scrolls sideways`)));
    if (SCREENSHOTS !== undefined) {
      mkdirSync(SCREENSHOTS, { recursive: true });
      await page.screenshot({
        path: join(SCREENSHOTS, `${name}-${colorScheme}-${width}.png`),
        fullPage: true,
      });
    }
    // In the page itself: axe's own second page was seen to hang.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    found.push(...violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html}`));
  }
  expect(found).toEqual([]);
  expect(opened.complaints).toEqual([]);
});

const isFocused = (one: Locator) => one.evaluate((element) => element === document.activeElement);

test('a customer is created by keyboard alone', { timeout: MINUTES }, async ({ expect }) => {
  const page = await opened.operator();
  await page.goto(new URL('/console/customers', opened.stage.url).href);
  const open = page.getByRole('button', { name: 'New customer' });
  await open.waitFor();
  for (let tabs = 0; tabs < 30 && !(await isFocused(open)); tabs += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  // A dialog takes the focus in the frame after its opening, and hears keys from then on.
  const focusedDialog = page.locator('[role=dialog]:focus-within');
  await focusedDialog.waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => isFocused(open)).toBe(true);
  await page.keyboard.press('Enter');
  await focusedDialog.waitFor();
  const name = page.getByRole('dialog').getByLabel('Name', { exact: true });
  for (let tabs = 0; tabs < 10 && !(await isFocused(name)); tabs += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.type('Keyboard Ltd');
  await page.keyboard.press('Enter');
  await page.getByText('Keyboard Ltd was created. Next, issue a key.').waitFor();
});

test('the theme is chosen, and stays', { timeout: MINUTES }, async ({ expect }) => {
  const page = await opened.operator({ colorScheme: 'light' });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByLabel('Theme').selectOption('dark');
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.reload();
  expect(await background()).toBe(dark);
  await page.getByLabel('Theme').selectOption('system');
  await expect.poll(background).toBe(light);
});
