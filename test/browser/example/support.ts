// The example page in a real Chromium. Page and gateway are two origins: the one is localhost, the other 127.0.0.1.

import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { raise, type Stage } from '../../bundle/support.ts';
import { findChromium, NO_CHROMIUM } from '../chromium.ts';

/** What lies on the person's disk. */
export const PICTURE = fileURLToPath(new URL('lighthouse.png', import.meta.url));
const PROMPT = 'The beam sweeps over the sea, gulls pass, the light of the evening fades.';

export type Opened = {
  stage: Stage;
  key: string;
  /** Everything that the browser complained of: policies broken, errors. */
  complaints: string[];
  /** A new visitor with the page before them. `prepare` sees the page before it is loaded. */
  visitor: (
    options?: Parameters<Browser['newContext']>[0],
    prepare?: (page: Page) => Promise<unknown>,
  ) => Promise<Page>;
  end: () => Promise<void>;
};

export async function openExample(host = 'localhost'): Promise<Opened> {
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new Error(NO_CHROMIUM);
  }
  const stage = await raise();
  const { token: key } = await stage.tenant();
  await stage.openExample(key);
  await stage.simulator('POST', '/_simulator/settings', { queue_ms: 0, run_ms: 0 });
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  return {
    stage,
    key,
    complaints,
    async visitor(options, prepare) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      context.setDefaultTimeout(30_000);
      contexts.push(context);
      const page = await context.newPage();
      page.on('console', (message) => {
        // A refusal is in the log of every browser; what the page makes of it is for the tests.
        const isRefusal = message.text().startsWith('Failed to load resource: the server responded');
        if (['error', 'warning'].includes(message.type()) && !isRefusal) {
          complaints.push(message.text());
        }
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      await prepare?.(page);
      await page.goto(`http://${host}:${stage.url.port}/example/`);
      await page.getByRole('group', { name: 'Model' }).waitFor();
      return page;
    },
    async end() {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
      await stage.end();
    },
  };
}

export const runButton = (page: Page) => page.getByRole('button', { name: /^Make the clip/ });

/** The form as it has to be: a picture from disk, a sentence, and the gateway's price of both. */
export async function fill(page: Page): Promise<void> {
  await page.getByLabel('Image: choose a file').setInputFiles(PICTURE);
  await page.getByRole('img', { name: 'The chosen file' }).waitFor();
  await page.getByRole('textbox', { name: 'Prompt' }).fill(PROMPT);
  await page.getByRole('button', { name: 'Make the clip $0.25' }).waitFor();
}
