// The example page for everybody: nothing for axe to find, nothing wider than the screen, in both schemes, by keyboard
// alone; and on the gateway's own origin, as `npm start` serves it.

import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, test } from 'vitest';
import { settle } from '../launch.ts';
import { fill, openExample, PICTURE, runButton, type Opened } from './support.ts';

const MINUTES = 600_000;
/** Where pictures of the page go, to be looked at; none are made where it is not set. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

let opened: Opened;

beforeAll(async () => {
  opened = await openExample('127.0.0.1');
});
afterEach(async () => {
  await opened.leave();
  await hold(null);
});
afterAll(() => opened.end());

const LOOKS = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'dark', width: 360 },
] as const;

const hold = (state: 'in_progress' | null) =>
  opened.stage.simulator('POST', '/_simulator/settings', { hold: state });

test.for(LOOKS)('$colorScheme at $width px', { timeout: MINUTES }, async (look, { expect }) => {
  const { colorScheme, width } = look;
  const page = await opened.visitor({
    colorScheme,
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
  });
  const found: string[] = [];
  const examine = async (name: string) => {
    await settle(page);
    const beyond = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    // In the page itself: axe's own second page was seen to hang.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    found.push(
      ...(beyond > 0 ? [`${name}: ${beyond} px too wide`] : []),
      ...violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    );
    await keep(page, `${name}-${colorScheme}-${width}`);
  };
  await examine('empty');
  await runButton(page).click();
  await page.getByText('Required.').first().waitFor();
  await examine('missing');
  await fill(page);
  await examine('filled');
  await hold('in_progress');
  await runButton(page).click();
  await page.getByText('In progress').last().waitFor();
  await examine('running');
  await hold(null);
  await page.getByLabel('The clip').waitFor();
  await page.getByRole('button', { name: 'Make the clip $0.25' }).waitFor();
  await examine('done');
  expect(found).toEqual([]);
  expect(opened.complaints).toEqual([]);
});

async function keep(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS !== undefined) {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(SCREENSHOTS, `example-${name}.png`), fullPage: true });
  }
}

test('by keyboard alone', { timeout: MINUTES }, async ({ expect }) => {
  // Chromium gets the order to hand file choosers over on another channel than keys: it comes before the page.
  const page = await opened.visitor({}, async (fresh) => {
    fresh.on('filechooser', (chooser) => void chooser.setFiles(PICTURE));
  });
  const press = (...keys: string[]) =>
    keys.reduce((last, key) => last.then(() => page.keyboard.press(key)), Promise.resolve());
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.textContent);
  await press('Tab');
  await expect.poll(focused).toBe('model');
  await press('ArrowDown', 'ArrowUp', 'Tab');
  await expect.poll(focused).toBe('image_urls');
  await press('Space');
  await page.getByRole('img', { name: 'The chosen file' }).waitFor();
  await press('Tab');
  await expect.poll(focused).toBe('prompt');
  await page.keyboard.type('a lighthouse');
  await press('Tab');
  await expect.poll(focused).toBe('frames');
  await press('ArrowRight', 'Tab', 'Tab');
  await page.getByRole('button', { name: 'Make the clip $0.50' }).waitFor();
  await hold('in_progress');
  await press('Enter');
  await page.getByText('In progress').last().waitFor();
  await press('Tab');
  await expect.poll(focused).toBe('Cancel');
  await press('Enter');
  await page.getByText('It has started and can no longer be cancelled.').waitFor();
  await hold(null);
  await page.getByLabel('The clip').waitFor();
  // From the stage, where the focus was left, to what can be done with the clip.
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Your clip');
  expect(opened.complaints).toEqual([]);
});
