// Chromium as the tests of pages start it.

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { findChromium, NO_CHROMIUM } from './chromium.ts';

export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new Error(NO_CHROMIUM);
  }
  // Its sandbox refuses to run as root, as which containers run, and their /dev/shm may be small.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export type Visits = {
  browser: Browser;
  /** Everything that the browser complained of: policies broken, errors, dialogs. */
  complaints: string[];
  /** An empty page of a new person. */
  visit: (options?: BrowserContextOptions) => Promise<Page>;
  end: () => Promise<void>;
};

export async function openVisits(): Promise<Visits> {
  const browser = await launchChromium();
  const complaints: string[] = [];
  return {
    browser,
    complaints,
    async visit(options) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      context.setDefaultTimeout(30_000);
      const page = await context.newPage();
      page.on('console', (message) => {
        // A refusal is in the log of every browser; what the page makes of it is for the tests.
        const isRefusal = message.text().startsWith('Failed to load resource: the server responded');
        if (['error', 'warning'].includes(message.type()) && !isRefusal) {
          complaints.push(message.text());
        }
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('dialog', (dialog) => {
        complaints.push(`a dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      return page;
    },
    async end() {
      await Promise.all(browser.contexts().map((context) => context.close()));
      await browser.close();
    },
  };
}
